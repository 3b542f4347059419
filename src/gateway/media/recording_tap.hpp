#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "base/ring.hpp"
#include "gateway/media/frame_tap.hpp"
#include "media/resampler.hpp"

namespace belfry::gateway::media {

/// Where a seat leaves what it hears for the file thread: 20 ms frames at 8 kHz, about 5 s of them.
/// When the disk is slower than that, frames are dropped and counted: a call never waits for a
/// file.
class RecordingTap final : public FrameTap {
 public:
  using Samples = std::array<belfry::media::Sample, 160>;

  RecordingTap() : frames_(256) {}
  void on_frame(const TappedFrame& frame) noexcept override;
  /// File thread.
  std::optional<Samples> read() { return frames_.pop(); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  belfry::media::RateFollower converter_{belfry::media::narrowband};
  base::Ring<Samples> frames_;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace belfry::gateway::media
