#include "gateway/media/incoming.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

constexpr float weakest_key = 3e-5F;  // -45 dBov; Q.24 wants them from about -30
constexpr int frames_after_key = 5;   // of silence, so that the detector sees its end
constexpr int frames_between_doubts = 25;
/// Frames that nobody else decodes are decoded to hear whether the party is silent: all at first,
/// for a decoder that has skipped some makes noise of silence; later one in so many.
constexpr int frames_all_heard = 500;
constexpr int frames_between_samples = 10;
constexpr float background = 3e-6F;  // -55 dBov

belfry::media::Samples heard_by(Coding& coding) {
  return belfry::media::Samples(coding.heard).first(samples_per_frame(coding.heard_rate));
}

belfry::media::JitterBuffer::Settings jitter_settings(const belfry::media::CodecDescription& codec
) {
  belfry::media::JitterBuffer::Settings settings;
  settings.clock_hz = codec.clock_hz;
  settings.linear = codec.linear;
  settings.initial = 20ms;
  settings.minimum = 5ms;         // beside the wait for the tick; it grows with what is measured
  settings.capacity = 32;         // 640 ms of 20 ms packets
  settings.storage_bytes = 4480;  // 500 ms of 64 kbit/s and a bit
  settings.largest_payload = codec.linear ? 640 : 1275;
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

void Incoming::pass(const Coding& coding, std::span<const std::byte> payload) {
  if (sound_.settled()) return;
  if (const auto power = belfry::media::estimate_power(coding.codec.codec, payload))
    sound_.handle(*power);
}

std::optional<char> Incoming::handle_digits(const rtp::PacketView& packet, base::Instant now) {
  jitter_.skip(packet.sequence);
  digits_.handle_packet(packet.timestamp, packet.payload, now);
  return take_digit_events();
}

std::optional<char> Incoming::take_digit_events() {
  std::optional<char> key;
  while (const auto event = digits_.poll_event()) {
    const auto* pressed = std::get_if<rtp::DigitPressed>(&*event);
    if (pressed == nullptr) continue;
    key = pressed->digit;
    events_.push(DigitHeard{seat_, pressed->digit});
  }
  return key;
}

void Incoming::tick(base::Instant now) {
  digits_.handle_timeout(now);
  take_digit_events();
  due_ = jitter_.pop(now);
  decoded_ = false;
}

belfry::media::ConstSamples Incoming::samples(Coding& coding) {
  if (!decoded_) decode(coding);
  return sounds_ ? heard_by(coding) : belfry::media::ConstSamples{};
}

void Incoming::decode(Coding& coding) {
  decoded_ = true;
  sounds_ = fill(coding, heard_by(coding));
}

/// @return false when there is nothing to be heard.
bool Incoming::fill(Coding& coding, belfry::media::Samples samples) {
  belfry::media::Decoder& decoder = *coding.decoder;
  if (const auto* frame = std::get_if<belfry::media::EncodedFrame>(&due_)) {
    if (decoder.decode(frame->payload, samples) == samples.size()) {
      if (coding.concealment) coding.concealment->handle_frame(samples);
      return true;
    }
  } else if (decoder.take_rest(samples) == samples.size()) {
    return true;  // of a packet longer than a frame
  } else if (const auto* lost = std::get_if<belfry::media::Lost>(&due_)) {
    if (decoder.conceal(lost->next, samples) == samples.size()) return true;
  } else {
    return false;
  }
  if (!coding.concealment) return false;
  coding.concealment->conceal(samples);
  return true;
}

float Incoming::power(Coding& coding) {
  if (!decoded_) {
    const auto* frame = std::get_if<belfry::media::EncodedFrame>(&due_);
    if (frame == nullptr) return 0;
    return measure(coding, frame->payload);
  }
  return belfry::media::power_of(samples(coding));
}

float Incoming::measure(Coding& coding, std::span<const std::byte> payload) {
  const auto power = belfry::media::estimate_power(coding.codec.codec, payload);
  if (power) return *power;
  if (!belfry::media::claims_no_speech(coding.codec.codec, payload)) {
    unheard_frames_ = 0;
    return belfry::media::power_of(samples(coding));
  }
  if (!sounds_without_speech_ && unheard_frames_++ % frames_between_doubts != 0) return 0;
  const float measured = belfry::media::power_of(samples(coding));
  sounds_without_speech_ = measured > background;
  return measured;
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
  if (coding.keys_in_audio) find_keys(coding);
  if (!sound_.settled()) listen_for_sound(coding);
  if (tones_) find_beeps(coding);
  if (!watches_speech_) return;
  const auto sounds = hears_voice(coding);
  if (!sounds) return;
  const bool speaking = *sounds && !(tones_ && tones_->hears_network());
  if (speaking != std::exchange(speaking_, speaking)) events_.push(SpeechChanged{seat_, speaking});
}

void Incoming::find_beeps(Coding& coding) {
  const belfry::media::ConstSamples heard = samples(coding);
  if (heard.empty()) return;
  tones_->handle_frame(heard);
  while (const auto beep = tones_->poll_beep()) events_.push(BeepHeard{seat_, beep->hz});
}

/// @return nothing where nothing is heard, whatever was before.
std::optional<bool> Incoming::hears_voice(Coding& coding) {
  // To decode Opus is dear, and it says itself when nobody speaks: in a conference that is most.
  const bool is_dear = !coding.codec.linear && !decoded_;
  if (is_dear && std::holds_alternative<belfry::media::EncodedFrame>(due_))
    return voice_.handle_power(power(coding));
  const belfry::media::ConstSamples heard = samples(coding);
  if (heard.empty()) return std::nullopt;
  return voice_.handle_power(belfry::media::power_of(heard));
}

void Incoming::listen_for_sound(Coding& coding) {
  const auto* frame = std::get_if<belfry::media::EncodedFrame>(&due_);
  if (frame == nullptr) return;
  if (!decoded_) {
    if (const auto power = belfry::media::estimate_power(coding.codec.codec, frame->payload))
      return sound_.handle(*power);
    if (unheard_until_sampled_ > 0) {
      --unheard_until_sampled_;
      return;
    }
    if (frames_sampled_ < frames_all_heard) {
      ++frames_sampled_;
    } else {
      unheard_until_sampled_ = frames_between_samples - 1;
    }
  }
  sound_.handle(belfry::media::power_of(samples(coding)));
}

/// In tones. Where it is quiet there are none, and most are quiet for most of the time.
void Incoming::find_keys(Coding& coding) {
  static constexpr std::array<belfry::media::Sample, belfry::media::Frame::max_samples> silence{};
  const bool within_key = lost() && quiet_frames_ == 0;  // a packet of it may be missing
  if (!within_key && power(coding) < weakest_key) {
    if (quiet_frames_ >= frames_after_key) return;
    ++quiet_frames_;
    coding.keys_in_audio->handle_frame(std::span(silence).first(coding.heard.size()));
  } else {
    quiet_frames_ = 0;
    coding.keys_in_audio->handle_frame(samples(coding));
  }
  while (const auto digit = coding.keys_in_audio->poll_digit())
    events_.push(DigitHeard{seat_, *digit});
}

}  // namespace belfry::gateway::media
