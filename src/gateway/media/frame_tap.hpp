#pragma once
#include <algorithm>
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
  /// When the first sample of each was sent, in our time: what two parties say at one moment has
  /// one time, whatever their jitter buffers do. Nothing: it follows what came before (it was
  /// concealed).
  std::optional<base::Instant> heard_at;
  std::optional<base::Instant> spoken_at;
  bool own_clock = false;   // `spoken` is made in our ticks: it has no other time than theirs
  bool of_room = false;     // `heard` likewise
  bool lost = false;        // `heard` is concealment
  base::Duration lag{0};    // what is yet to come is not older than `now` by more than this
  base::Duration drift{0};  // how far the party's clock ran ahead of ours
  base::Instant now;        // the tick
};

/// Takes frames on the media worker's thread, one per tick of 20 ms as long as it is on, whether
/// anything was said or not. Must neither block nor allocate nor throw. Its owner frees it only
/// after the worker has reported `TapReleased`.
class FrameTap {
 public:
  virtual ~FrameTap() = default;
  virtual void on_frame(const TappedFrame& frame) noexcept = 0;
  /// It has all that it wants: the worker lets go of it, as after `RemoveTap`.
  virtual bool is_done() const noexcept { return false; }
  /// It has something for the control thread.
  virtual bool has_news() const noexcept { return false; }
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
  /// @return one that is done, and no longer on; nullptr: none is.
  FrameTap* take_done() {
    for (FrameTap* tap : all()) {
      if (tap->is_done() && remove(tap)) return tap;
    }
    return nullptr;
  }
  bool has_news() const {
    return std::ranges::any_of(all(), [](const FrameTap* tap) { return tap->has_news(); });
  }
  void on_frame(const TappedFrame& frame) const noexcept {
    for (FrameTap* tap : all()) tap->on_frame(frame);
  }

 private:
  std::array<FrameTap*, capacity> taps_{};
  std::size_t count_ = 0;
};

}  // namespace belfry::gateway::media
