#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace belfry::rtp {

/// The packets of the last second of one outgoing stream, to be sent again when they are missed.
/// They are kept as they went out: sealing a packet anew would use its key stream twice (RFC 3711
/// 9.1, RFC 7714 8.4). What is given out is bounded (rule M7): together never more than was kept
/// meanwhile and a small burst, each packet three times. One thread; all memory is taken at the
/// beginning.
class SentHistory {
 public:
  static constexpr base::Duration longest = std::chrono::seconds(1);
  static constexpr std::size_t burst_bytes = 2048;  // a quarter of a second of G.711
  static constexpr int most_repeats = 3;

  SentHistory() : bytes_(capacity_bytes) {}

  /// @param packet with its RTP header in clear; longer ones than 1,500 bytes are not kept.
  void keep(std::span<const std::byte> packet, base::Instant now);
  /// @return empty when it is not there, too old, or too much was asked for.
  std::span<const std::byte> find(std::uint16_t sequence, base::Instant now);

 private:
  static constexpr std::size_t capacity_bytes = 16384;
  struct Slot {
    std::uint64_t position = 0;  // in all bytes ever kept
    std::uint16_t size = 0;      // 0: empty
    std::uint16_t sequence = 0;
    std::uint8_t repeats = 0;
    base::Instant sent{};
  };

  std::array<Slot, 64> slots_{};
  std::vector<std::byte> bytes_;  // a ring of packets, each in one piece
  std::uint64_t position_ = 0;
  std::size_t credit_ = 0;  // bytes that may be given out
};

}  // namespace belfry::rtp
