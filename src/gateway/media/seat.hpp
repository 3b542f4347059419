#pragma once
#include <array>
#include <memory>
#include <optional>
#include <variant>

#include "base/fixed_queue.hpp"
#include "base/random.hpp"
#include "call/media.hpp"
#include "gateway/media/coding.hpp"
#include "gateway/media/recording_tap.hpp"
#include "gateway/media/reports.hpp"
#include "gateway/media/wire.hpp"
#include "media/jitter_buffer.hpp"
#include "media/level.hpp"
#include "media/player.hpp"
#include "media/tone_detector.hpp"
#include "rtp/packet.hpp"
#include "rtp/stream.hpp"
#include "rtp/telephone_event.hpp"

namespace belfry::gateway::media {

struct PlaybackStarted {
  call::SeatId seat;
  call::PlaybackId playback;
};
struct PlaybackFinished {
  call::SeatId seat;
  call::PlaybackId playback;
};
struct DigitHeard {
  call::SeatId seat;
  char digit = 0;
};
struct MediaTimedOut {
  call::SeatId seat;
};
struct SpeechChanged {
  call::SeatId seat;
  bool speaking = false;
};
struct BeepHeard {
  call::SeatId seat;
  double hz = 0;
};
using SeatEvent = std::variant<
    PlaybackStarted, PlaybackFinished, DigitHeard, MediaTimedOut, SpeechChanged, BeepHeard>;

/// One leg's media place: turns packets into frames and digits, and frames into packets. Alone in
/// its room it plays and listens; with a peer it passes the peer's audio on, packet by packet when
/// both have the same codec, decoded and encoded when not. What it plays goes before what the peer
/// says.
///
/// Each tick (20 ms) the worker calls `hear` of all seats, then `speak` of all. One thread (the
/// worker's) after construction; no allocation, no lock, never throws.
class Seat final : private PacketSink {
 public:
  struct Settings {
    call::SeatId id;
    std::uint64_t random_seed = 0;
    base::Duration media_timeout{0};  // 0: never
  };
  Seat(const Settings& settings, std::unique_ptr<Wire> wire);

  call::SeatId id() const { return settings_.id; }
  Wire& wire() { return *wire_; }

  /// @return what was used before, to be freed elsewhere.
  std::unique_ptr<Coding> set_coding(std::unique_ptr<Coding> coding, base::Instant now);
  /// @return false when it cannot be played: no terms yet, a full queue, an empty clip.
  bool play(call::PlaybackId playback, const call::Playback& what);
  void stop_playing();
  void watch_speech() { watches_speech_ = true; }
  void watch_beeps();
  /// @return the tap that was in use.
  RecordingTap* set_recording(RecordingTap* tap) { return std::exchange(recording_, tap); }

  /// nullptr: alone; itself: it hears what it says.
  void join(Seat* peer);
  Seat* peer() const { return peer_; }
  /// Packets of the peer go out undecoded at present.
  bool relays() const;

  void receive(base::Instant now) { wire_->receive(now, *this); }
  void receive_from(std::size_t socket, base::Instant now) {
    wire_->receive_from(socket, now, *this);
  }
  void hear(base::Instant now);
  void speak(base::Instant now);
  void say_goodbye();
  std::optional<SeatEvent> poll_event() { return events_.pop(); }
  call::SeatStatistics statistics() const;

 private:
  void on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override;
  void on_digits(const rtp::PacketView& packet, base::Instant now);
  void relay(const rtp::PacketView& packet, std::uint8_t payload_type, base::Instant now);
  void take_digit_events();
  void decode_frame(base::Instant now);
  void examine_frame();
  void record_frame();
  bool send_digit(base::Instant now);
  bool fill_from_peer(belfry::media::Samples into);
  void send_frame(belfry::media::ConstSamples samples, base::Instant now);
  void send(const rtp::PacketHeader& header, std::size_t payload_size, base::Instant now);
  void take_player_events();
  void send_report(base::Instant now);
  void check_silence(base::Instant now);

  Settings settings_;
  base::SeededRandom random_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<Coding> coding_;

  // In
  belfry::media::JitterBuffer jitter_;
  rtp::DigitReceiver digit_receiver_;
  belfry::media::Frame heard_;
  bool heard_something_ = false;  // `heard_` is this tick's audio
  belfry::media::VoiceActivity voice_;
  bool watches_speech_ = false;
  bool speaking_ = false;
  std::optional<belfry::media::ToneDetector> tones_;  // while beeps are watched for
  RecordingTap* recording_ = nullptr;
  std::optional<base::Instant> last_packet_;  // or the begin of waiting for one
  bool timed_out_ = false;

  // Out
  rtp::OutgoingStream stream_;
  rtp::DigitSender digit_sender_;
  belfry::media::Player player_;
  base::FixedQueue<call::PlaybackId, 32> digit_playbacks_;  // end when the digits are sent
  Seat* peer_ = nullptr;
  struct Relay {
    std::uint32_t source = 0;
    std::uint16_t last_in = 0;
    std::uint16_t last_out = 0;
    std::uint32_t timestamp_offset = 0;
  };
  std::optional<Relay> relay_;
  std::array<std::byte, 1500> packet_{};

  Reports reports_;
  base::FixedQueue<SeatEvent, 128> events_;
};

}  // namespace belfry::gateway::media
