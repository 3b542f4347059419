#pragma once
#include <memory>
#include <optional>

#include "base/random.hpp"
#include "call/media.hpp"
#include "gateway/media/coding.hpp"
#include "gateway/media/frame_tap.hpp"
#include "gateway/media/incoming.hpp"
#include "gateway/media/outgoing.hpp"
#include "gateway/media/reports.hpp"
#include "gateway/media/wire.hpp"
#include "media/doubled_keys.hpp"

namespace belfry::gateway::media {

class Room;

/// One leg's media place: what its party says (`Incoming`), what it is made to hear (`Outgoing`),
/// and with whom. Alone it plays and listens; with a peer it passes the peer's audio on, packet by
/// packet when both have the same codec, decoded and encoded when not; in a room of many it hears a
/// mix. What it plays goes before what the others say.
///
/// Each tick (20 ms) the worker calls `hear` of all seats, then `speak` of all; in a room of many
/// the room calls that. One thread (the
/// worker's) after construction; no lock, never throws; packets cost no allocation.
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
  /// Its worker has it: packets are taken from now on.
  void attach() { wire_->attach(*this); }

  /// @return what was used before, to be freed elsewhere.
  std::unique_ptr<Coding> set_coding(std::unique_ptr<Coding> coding, base::Instant now);
  /// @return false when it cannot be played: no terms yet, a full queue, an empty clip.
  bool play(call::PlaybackId playback, const call::Playback& what);
  void stop_playing() { outgoing_.stop_playing(); }
  /// A key that came by signalling, for the peer.
  void press(char key, base::Instant now);
  void watch_speech() { incoming_.watch_speech(); }
  void watch_beeps() { incoming_.watch_beeps(); }
  FrameTaps& taps() { return taps_; }
  /// @return false when there is no room for it.
  bool add_tap(FrameTap* tap);
  /// Its packets must be read when they come, not at the tick: somebody wants to know their time.
  bool is_timed() const;
  /// Before it goes: the taps get what still waits to be played.
  void flush_taps(base::Instant now);

  /// nullptr: alone; itself: it hears what it says.
  void join(Seat* peer);
  Seat* peer() const { return peer_; }
  /// nullptr: out of it. For `Room`.
  void enter(Room* room);
  Room* room() const { return room_; }
  /// Packets of the peer go out undecoded at present.
  bool relays() const;

  void receive(base::Instant now) { wire_->receive(now, *this); }
  void receive_from(std::size_t socket, base::Instant now) {
    wire_->receive_from(socket, now, *this);
  }
  void hear(base::Instant now);
  /// With a peer or alone.
  void speak(base::Instant now);
  /// In a room: what the others say.
  void speak(const FromOthers& others, base::Instant now);
  /// What the party says in this tick. Empty: nothing.
  belfry::media::ConstSamples heard();
  float power() { return coding_ ? incoming_.power(*coding_) : 0; }
  bool is_playing() const { return outgoing_.is_playing(); }
  Coding* coding() const { return coding_.get(); }
  /// Of what is sent to the party, as it says itself.
  double loss() const { return reports_.loss_there(); }
  void say_goodbye() { outgoing_.say_goodbye(); }
  std::optional<SeatEvent> poll_event() { return events_.pop(); }
  /// On the worker's thread, or on any other once it has no worker any more.
  call::SeatStatistics statistics(base::Instant now) const;

 private:
  void on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override;
  void on_control(std::span<const std::byte> bytes, base::Instant now);
  void on_digits(const rtp::PacketView& packet, base::Instant now);
  /// Tells the party what of its packets came, and asks for what did not.
  void tell_arrivals(base::Instant now);
  void ask_for_missing(base::Instant now);
  bool is_relayed() const { return peer_ != nullptr && peer_->relays(); }
  /// Somebody wants the sound of what this party says, though its packets go on undecoded.
  bool is_listened_to() const;
  /// At our codec's rate, or at `pair_rate` if that is all that somebody gets to hear.
  belfry::media::ConstSamples heard_from_peer(belfry::media::Samples into);
  /// Of all that goes between two: where our codec has several, no higher than the peer's.
  belfry::media::SampleRate pair_rate() const;
  enum class SpokenBy { us, peer };
  void tell_taps(belfry::media::ConstSamples spoken, SpokenBy whom, base::Instant now);
  void check_silence(base::Instant now);

  Settings settings_;
  base::SeededRandom random_;
  SeatEvents events_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<Coding> coding_;
  Reports reports_;
  Incoming incoming_;
  Outgoing outgoing_;
  Seat* peer_ = nullptr;
  /// RTP time of the last key that the peer got otherwise: the rest of it is not relayed.
  std::optional<std::uint32_t> remade_press_;
  belfry::media::DoubledKeys doubled_keys_;
  Room* room_ = nullptr;
  FrameTaps taps_;
  std::optional<base::Instant> last_packet_;  // or the begin of waiting for one
  bool timed_out_ = false;
  bool anything_came_ = false;
  std::uint64_t not_agreed_ = 0;
  std::uint8_t type_not_agreed_ = 0;
};

}  // namespace belfry::gateway::media
