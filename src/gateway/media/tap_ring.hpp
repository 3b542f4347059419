#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "base/ring.hpp"
#include "base/time.hpp"
#include "call/media.hpp"
#include "media/frame.hpp"

namespace belfry::gateway::media {

/// 20 ms at 8 kHz of one track.
struct TimedFrame {
  base::Instant at{};  // of the first sample
  call::Track track = call::Track::inbound;
  std::array<belfry::media::Sample, 160> samples{};
};

/// Frames on their way from the media worker to whoever keeps them. When that one is too slow they
/// are dropped and counted: a call never waits.
class TapRing {
 public:
  explicit TapRing(std::size_t frames) : frames_(frames) {}
  /// Media worker's thread.
  void write(TimedFrame& frame) {
    if (!frames_.push(frame)) dropped_.fetch_add(1, std::memory_order_relaxed);
  }
  /// Reader's thread.
  std::optional<TimedFrame> read() { return frames_.pop(); }
  bool empty() const { return frames_.empty(); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  base::Ring<TimedFrame> frames_;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace belfry::gateway::media
