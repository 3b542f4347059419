#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "rtp/rtcp.hpp"

/// Feedback about single packets (RFC 4585): which are missing, which have come and when.
namespace belfry::rtp {

/// Numbers of RTP packets that a receiver misses (RFC 4585 6.2.1), still in the receiver's buffer.
struct Nack {
  std::uint32_t sender = 0;
  std::uint32_t source = 0;            // whose packets
  std::span<const std::byte> entries;  // 4 bytes each: a number, a mask of the 16 after it

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    base::ByteReader reader(entries);
    while (reader.left() > 0) {
      std::uint16_t number = reader.u16();
      visitor(number);
      for (std::uint16_t mask = reader.u16(); mask != 0;
           mask = static_cast<std::uint16_t>(mask >> 1)) {
        ++number;
        if ((mask & 1) != 0) visitor(number);
      }
    }
  }
};
/// @return nothing when it is something else, or not whole.
std::optional<Nack> read_nack(const OtherRtcp& packet);
/// @param numbers ascending. What the mask of one entry holds shares it.
void write_nack(
    RtcpWriter& writer, std::uint32_t sender, std::uint32_t source,
    std::span<const std::uint16_t> numbers
);

/// What became of one packet of a transport.
struct PacketStatus {
  std::uint16_t sequence = 0;
  std::optional<base::Duration> arrived;  // on the receiver's clock; nothing: not yet
};

/// Arrivals by the sequence numbers of a transport, in a header extension of each packet
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1). All lengths are checked when
/// it is read (rule M5); it points into the receiver's buffer.
struct TransportFeedback {
  std::uint32_t sender = 0;
  std::uint32_t source = 0;
  std::uint16_t base_sequence = 0;
  std::uint16_t status_count = 0;
  std::int32_t reference_time = 0;  // in 64 ms
  std::uint8_t number = 0;          // of the feedback
  std::span<const std::byte> chunks;
  std::span<const std::byte> deltas;
};
inline constexpr base::Duration reference_unit = std::chrono::milliseconds(64);
inline constexpr base::Duration delta_unit = std::chrono::microseconds(250);

/// @return nothing when it is something else, or does not say what it promises.
std::optional<TransportFeedback> read_transport_feedback(const OtherRtcp& packet);

/// Goes through the statuses of a feedback in the order of their numbers.
class TransportStatuses {
 public:
  explicit TransportStatuses(const TransportFeedback& feedback);
  std::optional<PacketStatus> next();

 private:
  unsigned next_symbol();

  base::ByteReader chunks_, deltas_;
  std::uint16_t sequence_;
  std::uint32_t left_;
  base::Duration time_;
  std::uint16_t chunk_ = 0;
  std::uint32_t in_chunk_ = 0;  // symbols of it that are left
};

}  // namespace belfry::rtp
