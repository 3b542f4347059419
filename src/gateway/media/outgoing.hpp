#pragma once
#include <array>
#include <optional>
#include <span>

#include "base/random.hpp"
#include "gateway/media/coding.hpp"
#include "gateway/media/reports.hpp"
#include "gateway/media/seat_event.hpp"
#include "gateway/media/wire.hpp"
#include "media/player.hpp"
#include "rtp/packet.hpp"
#include "rtp/stream.hpp"
#include "rtp/telephone_event.hpp"

namespace belfry::gateway::media {

/// What the others say to a seat in one tick.
struct FromOthers {
  belfry::media::ConstSamples samples;  // at the codec's rate; empty: nothing
  /// The same, encoded for all who hear it; empty: the seat encodes for itself.
  std::span<const std::byte> payload;
  /// They give way to a playback, or come back after one: mixed with what is played. Else a
  /// playback replaces them.
  bool under_playback = false;
};

/// The half of a seat that speaks to its party: what is played, digits, what the others say, and
/// the packets of a peer that are passed on as they are. One outgoing RTP stream, whatever it is
/// made of. Worker's thread; no allocation, no lock, never throws.
class Outgoing {
 public:
  /// All of these outlive it.
  Outgoing(
      call::SeatId seat, SeatEvents& events, Wire& wire, Reports& reports, base::Random& random
  );

  void change_codec(const belfry::media::CodecDescription& codec);
  /// What numbers the packets for the transport; nullptr: nothing does. Outlives its use.
  void use(Feedback* feedback) { feedback_ = feedback; }
  std::uint32_t source() const { return stream_.ssrc(); }
  /// @return false when it cannot be played: a full queue, an empty clip.
  bool play(const Coding& coding, call::PlaybackId playback, const call::Playback& what);
  /// A key that a peer pressed whose packets cannot be passed on, because they are of another codec
  /// or it came by signalling: it is made anew, as an event where the party takes those, else as a
  /// tone.
  void pass_key(const Coding& coding, char key);
  void stop_playing();
  /// Something of its own is heard, or will be in the next tick.
  bool is_playing() const { return !player_.idle() || digit_sender_.active(); }

  /// One packet of a peer with the same codec.
  void relay(const rtp::PacketView& packet, std::uint8_t payload_type, base::Instant now);
  /// The next packet to be passed on begins something new.
  void reset_relay() { relay_.reset(); }

  enum class Relaying { no, yes };
  /// One tick. @param relaying the peer's packets went out already: only what is played is sent.
  /// @return what was sent, in `frame` or `others`; empty when nothing was.
  belfry::media::ConstSamples speak(
      Coding& coding, const FromOthers& others, Relaying relaying, belfry::media::Frame& frame,
      base::Instant now
  );
  void say_goodbye();

 private:
  struct Relay {
    std::uint32_t source = 0;
    std::uint16_t last_in = 0;
    std::uint16_t last_out = 0;
    std::uint32_t timestamp_offset = 0;
  };

  bool send_digits(call::PlaybackId playback, std::string_view digits);
  bool send_digit(const Coding& coding, base::Instant now);
  void run_down(belfry::media::Samples frame) const;
  void send_frame(
      Coding& coding, belfry::media::ConstSamples samples, std::span<const std::byte> payload,
      base::Instant now
  );
  /// Where a payload is written: its header comes before it.
  std::span<std::byte> payload_room() { return std::span(packet_).subspan(header_room()); }
  std::size_t header_room() const {
    return feedback_ == nullptr ? rtp::header_size : feedback_->header_size();
  }
  /// The payload is in its place.
  void send(const rtp::PacketHeader& header, std::size_t payload_size, base::Instant now);
  void send_report(base::Instant now);
  void take_player_events();

  call::SeatId seat_;
  SeatEvents& events_;
  Wire& wire_;
  Reports& reports_;
  Feedback* feedback_ = nullptr;
  rtp::OutgoingStream stream_;
  rtp::DigitSender digit_sender_;
  belfry::media::Player player_;
  base::FixedQueue<call::PlaybackId, belfry::media::Player::capacity>
      digit_playbacks_;  // end when the digits are sent
  std::optional<Relay> relay_;
  belfry::media::Sample last_ = 0;  // that was sent
  std::array<std::byte, 1500> packet_{};
};

}  // namespace belfry::gateway::media
