#pragma once
#include <optional>
#include <variant>

#include "gateway/media/coding.hpp"
#include "gateway/media/seat_event.hpp"
#include "gateway/media/sound_meter.hpp"
#include "media/jitter_buffer.hpp"
#include "media/level.hpp"
#include "media/stream_clock.hpp"
#include "media/tone_detector.hpp"
#include "rtp/packet.hpp"
#include "rtp/telephone_event.hpp"

namespace belfry::gateway::media {

/// The half of a seat that listens to its party: jitter buffer, decoder, concealment, keys, speech.
/// `tick` takes what is due in these 20 ms; it is decoded only when somebody asks for the samples.
/// Worker's thread; no lock, never throws; allocates once, with a stream's first packet.
class Incoming {
 public:
  Incoming(call::SeatId seat, SeatEvents& events);

  void change_codec(const belfry::media::CodecDescription& codec);
  void handle_audio(const rtp::PacketView& packet, base::Instant now);
  /// @return the key whose press this packet is the first to tell of
  std::optional<char> handle_digits(const rtp::PacketView& packet, base::Instant now);
  /// One that is passed on and not kept: its sound is measured where that needs no decoding.
  void pass(const Coding& coding, std::span<const std::byte> payload);

  /// Takes the frame due from the jitter buffer.
  void tick(base::Instant now);
  /// Nothing is received at present.
  void be_silent();
  /// Finds keys, speech and beeps in the frame, if that was asked for.
  void examine(Coding& coding);
  /// Whether the party was ever heard.
  call::Sound sound() const { return sound_.sound(); }
  void watch_speech() { watches_speech_ = true; }
  bool watches_speech() const { return watches_speech_ || tones_; }
  bool watches_beeps() const { return tones_.has_value(); }
  /// From now on the network's tones are no speech.
  void watch_beeps() { tones_.emplace(rate_); }

  /// What the party says in this tick; decoded at the first call. Empty: nothing.
  belfry::media::ConstSamples samples(Coding& coding);
  /// Mean square of this tick's frame, 0 to 1; without decoding where the codec allows that.
  float power(Coding& coding);
  /// When this tick's frame was sent, in our time; nothing when it was lost.
  std::optional<base::Instant> said_at() const;
  bool lost() const { return std::holds_alternative<belfry::media::Lost>(due_); }
  const belfry::media::StreamClock& clock() const { return clock_; }
  /// From now on packets are taken as soon as they arrive: what they say of time is to be believed.
  void restart_clock() { clock_.reset(); }
  base::Duration playout_delay() const { return jitter_.target_delay(); }
  /// Forgets what waits to be played.
  void restart();

 private:
  void decode(Coding& coding);
  void find_keys(Coding& coding);
  float measure(Coding& coding, std::span<const std::byte> payload);
  void listen_for_sound(Coding& coding);
  void find_beeps(Coding& coding);
  std::optional<bool> hears_voice(Coding& coding);
  bool fill(Coding& coding, belfry::media::Samples samples);
  std::optional<char> take_digit_events();

  call::SeatId seat_;
  SeatEvents& events_;
  belfry::media::JitterBuffer jitter_;
  belfry::media::StreamClock clock_;
  rtp::DigitReceiver digits_;
  std::variant<belfry::media::EncodedFrame, belfry::media::Lost, belfry::media::Silence> due_ =
      belfry::media::Silence{};
  bool decoded_ = false;  // what is due is in the coding's `heard`
  bool sounds_ = false;   // ... and it is something
  // What the sender calls no speech is decoded now and then, to see whether it is sound.
  int unheard_frames_ = 0;
  int quiet_frames_ = 0;  // since a key may have sounded
  bool sounds_without_speech_ = false;
  SoundMeter sound_;
  int frames_sampled_ = 0;
  int unheard_until_sampled_ = 0;
  belfry::media::VoiceActivity voice_;
  bool watches_speech_ = false;
  bool speaking_ = false;
  belfry::media::SampleRate rate_ = belfry::media::narrowband;
  std::optional<belfry::media::ToneDetector> tones_;  // while beeps are watched for
};

}  // namespace belfry::gateway::media
