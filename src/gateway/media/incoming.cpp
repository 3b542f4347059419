#include "gateway/media/incoming.hpp"

namespace belfry::gateway::media {
namespace {

belfry::media::JitterBuffer::Settings jitter_settings(const belfry::media::CodecDescription& codec
) {
  belfry::media::JitterBuffer::Settings settings;
  settings.clock_hz = codec.clock_hz;
  settings.linear = codec.linear;
  settings.capacity = 32;         // 640 ms of 20 ms packets
  settings.storage_bytes = 5760;  // ... of 64 kbit/s, and 80 ms in one packet
  settings.largest_payload = 1275;
  return settings;
}

}  // namespace

Incoming::Incoming(call::SeatId seat, SeatEvents& events)
    : seat_(seat),
      events_(events),
      jitter_(jitter_settings(belfry::media::describe(belfry::media::Codec::pcmu))),
      voice_(belfry::media::narrowband) {}

void Incoming::change_codec(const belfry::media::CodecDescription& codec) {
  jitter_ = belfry::media::JitterBuffer(jitter_settings(codec));
  clock_ = belfry::media::StreamClock(codec.clock_hz);
  digits_ = rtp::DigitReceiver(codec.clock_hz);
  voice_ = belfry::media::VoiceActivity(codec.rate);
  rate_ = codec.rate;
  if (tones_) tones_.emplace(rate_);
  be_silent();
}

void Incoming::be_silent() {
  due_ = belfry::media::Silence{};
  decoded_ = false;
}

void Incoming::handle_audio(const rtp::PacketView& packet, base::Instant now) {
  clock_.handle_packet(packet.ssrc, packet.timestamp, now);
  jitter_.insert(
      {packet.ssrc, packet.sequence, packet.timestamp, packet.payload_type, packet.marker,
       packet.payload},
      now
  );
}

void Incoming::handle_digits(const rtp::PacketView& packet, base::Instant now) {
  jitter_.skip(packet.sequence);
  digits_.handle_packet(packet.timestamp, packet.payload, now);
  take_digit_events();
}

void Incoming::take_digit_events() {
  while (const auto event = digits_.poll_event()) {
    if (const auto* pressed = std::get_if<rtp::DigitPressed>(&*event))
      events_.push(DigitHeard{seat_, pressed->digit});
  }
}

void Incoming::tick(base::Instant now) {
  digits_.handle_timeout(now);
  take_digit_events();
  due_ = jitter_.pop(now);
  decoded_ = false;
}

belfry::media::ConstSamples Incoming::samples(Coding& coding) {
  if (!decoded_) decode(coding);
  return sounds_ ? belfry::media::ConstSamples(coding.heard) : belfry::media::ConstSamples{};
}

void Incoming::decode(Coding& coding) {
  decoded_ = true;
  sounds_ = !std::holds_alternative<belfry::media::Silence>(due_);
  if (!sounds_) return;
  const belfry::media::Samples samples = coding.heard;
  if (const auto* frame = std::get_if<belfry::media::EncodedFrame>(&due_)) {
    const std::size_t decoded = coding.decoder->decode(frame->payload, samples);
    if (decoded == samples.size()) {
      coding.concealment.handle_frame(samples);
      return;
    }
  }
  coding.concealment.conceal(samples);
}

double Incoming::level_dbov(Coding& coding) {
  return belfry::media::level_dbov(samples(coding));
}

std::optional<base::Instant> Incoming::said_at() const {
  const auto* frame = std::get_if<belfry::media::EncodedFrame>(&due_);
  return frame == nullptr ? std::nullopt : clock_.time_of(frame->timestamp);
}

void Incoming::restart() {
  jitter_.reset();
  be_silent();
}

void Incoming::examine(Coding& coding) {
  if (!coding.keys_in_audio && !watches_speech()) return;
  const belfry::media::ConstSamples heard = samples(coding);
  if (heard.empty()) return;
  if (coding.keys_in_audio) {
    coding.keys_in_audio->handle_frame(heard);
    while (const auto digit = coding.keys_in_audio->poll_digit())
      events_.push(DigitHeard{seat_, *digit});
  }
  if (tones_) {
    tones_->handle_frame(heard);
    while (const auto beep = tones_->poll_beep()) events_.push(BeepHeard{seat_, beep->hz});
  }
  if (!watches_speech_) return;
  const bool sounds = voice_.handle_frame(heard);
  const bool speaking = sounds && !(tones_ && tones_->hears_network());
  if (speaking != std::exchange(speaking_, speaking)) events_.push(SpeechChanged{seat_, speaking});
}

}  // namespace belfry::gateway::media
