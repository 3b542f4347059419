#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "media/frame.hpp"

namespace belfry::gateway::media {

/// 20 ms of a seat or of a room. The spans are valid during the call only.
struct TappedFrame {
  /// What the party said, concealed where packets were lost; of a room: what all of it says.
  /// Empty: nothing was due, which is silence.
  belfry::media::ConstSamples heard;
  /// What the party was made to hear. Empty: nothing, also when a digit went out in its place, and
  /// always of a room.
  belfry::media::ConstSamples spoken;
  belfry::media::SampleRate rate;  // of both; it changes when the codec does
  /// The party's own time: RTP timestamp of the first sample of `heard`, and ticks a second of that
  /// clock. Nothing when the frame was concealed or there is none.
  std::optional<std::uint32_t> timestamp;
  std::uint32_t clock_hz = 8000;
  base::Instant now;  // the tick
};

/// Takes frames on the media worker's thread, one per tick of 20 ms as long as it is on, whether
/// anything was said or not. Must neither block nor allocate nor throw. Its owner frees it only
/// after the worker has reported `TapReleased`.
class FrameTap {
 public:
  virtual ~FrameTap() = default;
  virtual void on_frame(const TappedFrame& frame) noexcept = 0;
};

/// The taps of one seat or room: a few, without allocation.
class FrameTaps {
 public:
  static constexpr std::size_t capacity = 8;

  bool empty() const { return count_ == 0; }
  std::span<FrameTap* const> all() const { return std::span(taps_).first(count_); }
  /// @return false when there is no room for it.
  bool add(FrameTap* tap) {
    if (count_ == capacity) return false;
    taps_[count_++] = tap;
    return true;
  }
  /// @return false when it was not on.
  bool remove(FrameTap* tap) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (taps_[i] != tap) continue;
      taps_[i] = taps_[--count_];
      return true;
    }
    return false;
  }
  void on_frame(const TappedFrame& frame) const noexcept {
    for (FrameTap* tap : all()) tap->on_frame(frame);
  }

 private:
  std::array<FrameTap*, capacity> taps_{};
  std::size_t count_ = 0;
};

}  // namespace belfry::gateway::media
