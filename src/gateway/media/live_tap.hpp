#pragma once
#include "gateway/media/recording_tap.hpp"

namespace belfry::gateway::media {

/// What a seat hears and says on its way to the control thread: about half a second of it.
/// Concealment is left out. `on_frame` on the media worker's thread, the rest on the control
/// thread.
class LiveTap final : public FrameTap {
 public:
  LiveTap(call::Track tracks, base::Instant begin, call::AudioTap* listener)
      : tracks_(tracks), begin_(begin), frames_(64), listener_(listener) {}

  void on_frame(const TappedFrame& frame) noexcept override;
  bool has_news() const noexcept override { return !frames_.empty(); }

  /// Hands over what has come.
  void deliver();
  /// Nothing is handed over any more, also from within `deliver`.
  void forget_listener() { listener_ = nullptr; }

 private:
  call::Track tracks_;
  base::Instant begin_;
  TrackFollower heard_{call::Track::inbound};
  TrackFollower spoken_{call::Track::outbound};
  TapRing frames_;
  call::AudioTap* listener_;
};

}  // namespace belfry::gateway::media
