#include "call/leg_ears.hpp"

#include "call/services.hpp"

namespace belfry::call {

base::Result<std::unique_ptr<LegEars>> LegEars::open(
    Leg& leg, Track track, RecognitionTerms terms, RecognitionListener& listener
) {
  Services& services = leg.services();
  if (services.recognizer == nullptr)
    return base::fail(base::Errc::unavailable, "no speech recogniser is available");
  BELFRY_TRY(stream, services.recognizer->open(std::move(terms), listener));
  std::unique_ptr<LegEars> ears(new LegEars(services.media, listener));
  ears->stream_ = std::move(stream);
  ears->tap_ = services.media.add_tap(leg.seat(), track, ears.get());
  return ears;
}

LegEars::~LegEars() {
  if (tap_) media_.remove_tap(tap_);
}

void LegEars::on_audio(Track, base::Duration, std::span<const std::int16_t> samples) {
  stream_->hear(samples);
  if (stream_->is_speaking() == speaking_) return;
  speaking_ = !speaking_;
  listener_.on_speaking(speaking_);
}

void LegEars::finish() {
  if (tap_) media_.remove_tap(std::exchange(tap_, TapId{}));
  stream_->finish();
}

}  // namespace belfry::call
