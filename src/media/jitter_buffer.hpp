#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "media/playout_delay.hpp"

namespace belfry::media {

/// What the buffer needs of an RTP packet; the payload is copied.
struct IncomingPacket {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::span<const std::byte> payload;
};

/// For the decoder. `payload` is valid until the next call of the buffer. It may be shorter than a
/// frame when the rest of it was lost: conceal what the decoder does not fill.
struct EncodedFrame {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::span<const std::byte> payload;
};
/// Conceal 20 ms. `next` is the packet right after the lost one, if it is there already and the
/// codec is not linear: it may describe what was lost. Valid like `EncodedFrame::payload`.
struct Lost {
  std::span<const std::byte> next;
};
struct Silence {};  // nothing was sent for this time

/// Reorders one RTP stream and gives one frame per tick (playout delay: RFC 3550 6.4.1 and A.8).
/// The delay follows the measured jitter between `minimum` and `maximum`: it grows by repeating
/// (a `Lost` that loses nothing) and shrinks first where nothing is to be played, else by leaving
/// a frame out. Packets of any length are cut into frames when the codec is `linear`; otherwise one
/// packet is one frame. A new SSRC, or timestamps that jump by more than a second and stay there,
/// start the stream anew. Time comes in as `Instant`; reads no clock. One media thread, no locks.
/// Memory is fixed by `capacity` and `storage_bytes`; it is taken with the first packet, because
/// many a stream never has one. Never throws.
class JitterBuffer {
 public:
  struct Settings {
    std::uint32_t clock_hz = 8000;  // RTP clock
    bool linear = true;             // 8 bits per clock tick: PCMU, PCMA, G.722
    base::Duration initial = std::chrono::milliseconds(60);
    base::Duration minimum = std::chrono::milliseconds(40);
    base::Duration maximum = std::chrono::milliseconds(400);  // at most 1 s (rule M7)
    std::size_t capacity = 64;                                // packets; a power of two
    std::size_t largest_payload = 1275;                       // a larger one is refused
    std::size_t storage_bytes = 8192;                         // of all payloads that wait
  };
  struct Counters {
    std::uint64_t inserted = 0;    // kept for playing
    std::uint64_t played = 0;      // frames given
    std::uint64_t lost = 0;        // frames that never came in time
    std::uint64_t late = 0;        // packets after their playout time
    std::uint64_t duplicates = 0;  // packets
    std::uint64_t reordered = 0;   // packets behind a newer one, still in time
    std::uint64_t refused = 0;     // packets: empty, oversized, no slot, out of any order
    std::uint64_t restarts = 0;    // new SSRC, jump of the timestamps
    std::uint64_t stretched = 0;   // frames repeated to grow the delay
    std::uint64_t skipped = 0;     // frames left out to shrink it
  };

  JitterBuffer() : JitterBuffer(Settings()) {}
  explicit JitterBuffer(const Settings& settings);

  /// @return false when the packet will not be played; it is counted either way.
  bool insert(const IncomingPacket& packet, base::Instant arrived);
  /// A packet of the same stream that is not audio (telephone-event shares the sequence numbers,
  /// RFC 4733 2.1): without this its number would look like a loss.
  void skip(std::uint16_t sequence);
  /// The frame due at `now`; call it once per 20 ms. `Lost` asks the decoder to conceal 20 ms;
  /// `Silence` means that nothing was ever due.
  std::variant<EncodedFrame, Lost, Silence> pop(base::Instant now);
  /// Forgets the stream (hold, codec change); counters stay.
  void reset();

  const Counters& counters() const { return counters_; }
  base::Duration target_delay() const { return delay_.target(); }
  base::Duration jitter() const { return delay_.jitter(); }

 private:
  enum class Use : std::uint8_t { empty, waiting, done };
  struct Slot {
    std::int64_t position = 0;  // extended timestamp
    std::uint16_t sequence = 0;
    std::uint16_t size = 0;
    std::uint32_t offset = 0;  // of the payload in `storage_`
    std::uint8_t payload_type = 0;
    bool marker = false;
    Use use = Use::empty;
  };

  std::int64_t extended(std::uint32_t timestamp) const;
  std::int64_t end_of(const Slot& slot) const;
  bool restart(const IncomingPacket& packet, base::Instant arrived);
  bool is_discontinuity(const IncomingPacket& packet, std::int64_t position);
  bool is_known(std::uint16_t sequence) const;
  bool is_number_missing_before(std::uint16_t next) const;
  bool store(const IncomingPacket& packet, std::int64_t position);
  std::optional<std::uint32_t> find_room(std::size_t size) const;
  Slot* first_due();
  Slot* next_waiting();
  void adapt(base::Instant now);
  void leave_out(std::int64_t frames);
  EncodedFrame take(Slot& first);
  std::variant<EncodedFrame, Lost, Silence> take_missing();
  void retire_before(std::int64_t position);
  std::span<std::byte> bytes_of(const Slot& slot);

  Settings settings_;
  std::int64_t frame_units_;   // 20 ms in clock ticks
  std::int64_t window_units_;  // 1 s: rule M7
  std::vector<Slot> slots_;
  std::vector<std::byte> storage_;  // a ring of payloads, each in one piece
  std::uint32_t next_offset_ = 0;
  std::vector<std::byte> frame_;
  PlayoutDelay delay_;
  Counters counters_;

  bool started_ = false;
  bool playing_ = false;
  std::uint32_t ssrc_ = 0;
  std::int64_t position_ = 0;  // extended timestamp that is due next
  std::uint16_t newest_ = 0;
  std::optional<std::uint16_t> last_played_;
  std::optional<std::uint16_t> suspect_;  // the number that would confirm a jump
  int late_in_a_row_ = 0;
  int missing_in_a_row_ = 0;
  bool hold_position_ = false;
  bool growing_ = false;  // the real delay, to the wanted one
  base::Instant next_skip_{}, next_stretch_{};
};

}  // namespace belfry::media
