#include "webrtc_load/speech.hpp"

#include "media/tone.hpp"

namespace belfry::bench {

Speech make_speech(media::Codec codec, Voice voice) {
  using std::chrono::milliseconds;
  const auto encoder = media::make_encoder(codec);
  media::Frame frame(media::describe(codec).rate);
  media::ToneGenerator syllables(
      {{180, 950}, -18, milliseconds(90), milliseconds(50)}, frame.rate()
  );
  media::NoiseGenerator noise(-65);
  Speech speech;
  for (int i = 0; i < 100; ++i) {
    if (voice == Voice::talks) {
      syllables.fill(frame.samples());
    } else {
      noise.fill(frame.samples());
    }
    std::array<std::byte, media::max_payload> payload;
    const std::size_t size = encoder->encode(frame.samples(), payload);
    speech.emplace_back(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return speech;
}

}  // namespace belfry::bench
