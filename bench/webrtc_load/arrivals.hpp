#pragma once
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtp/packet.hpp"

namespace belfry::bench {

/// What is to be known of a stream of frames that one leg receives.
struct ArrivalCounts {
  std::uint64_t received = 0;  // each once
  std::uint64_t lost = 0;      // numbers that never came, up to the newest
  std::uint64_t repeated = 0;
  std::uint64_t streams = 0;  // sources and jumps of their numbers
  /// Came more than a frame (20 ms) later after the packet before it than their RTP times differ:
  /// what a receiver without any reserve would hear.
  std::uint64_t late = 0;
  base::Duration worst_delay{0};  // of those differences
};

/// Watches one incoming RTP stream. Time comes in; one thread; no allocation.
class Arrivals {
 public:
  static constexpr base::Duration late_after = std::chrono::milliseconds(20);

  explicit Arrivals(std::uint32_t clock_hz) : clock_hz_(clock_hz) {}

  /// @param arrived when the kernel had it.
  void take(const rtp::PacketView& packet, base::Instant arrived);
  /// Counts from here on.
  void restart();
  /// Up to now.
  ArrivalCounts counts() const;

 private:
  struct Last {
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    base::Instant arrived;
  };
  bool continues(const rtp::PacketView& packet) const;

  std::uint32_t clock_hz_;
  std::optional<Last> newest_;
  std::uint64_t missing_ = 0, filled_ = 0;  // numbers that were skipped, and came after all
  ArrivalCounts counts_;
};

}  // namespace belfry::bench
