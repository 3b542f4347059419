#pragma once
#include <array>
#include <atomic>
#include <limits>
#include <optional>

#include "gateway/media/frame_tap.hpp"
#include "gateway/media/tap_ring.hpp"
#include "media/resampler.hpp"

namespace belfry::gateway::media {

/// One track of what a tap gets, at 8 kHz and with its time. Media worker's thread.
class TrackFollower {
 public:
  explicit TrackFollower(call::Track track) : track_(track) {}
  TimedFrame follow_heard(const TappedFrame& frame);
  TimedFrame follow_spoken(const TappedFrame& frame);
  /// Nothing came: what comes next does not follow what was.
  void interrupt() { next_.reset(); }

 private:
  TimedFrame make(
      belfry::media::ConstSamples samples, belfry::media::SampleRate rate, base::Instant at
  );
  base::Instant tick_time(base::Instant now) const;

  call::Track track_;
  belfry::media::RateFollower converter_{belfry::media::narrowband};
  std::optional<base::Instant> next_;
};

/// One track on its way into a ring. Concealment waits until what comes next says whether it stands
/// for something that was lost: a jitter buffer that grows repeats a frame too, and what it repeats
/// for is still to come. Media worker's thread.
class TrackWriter {
 public:
  explicit TrackWriter(TapRing& ring) : ring_(ring) {}
  void write(TimedFrame& frame);
  void hold(TimedFrame& frame);
  /// Nothing came: what is held is the end.
  void flush();

 private:
  TapRing& ring_;
  std::array<TimedFrame, 4> held_;
  std::size_t held_count_ = 0;
};

/// Where a seat or a room leaves what it hears and says for the file thread: about 5 s of it.
class RecordingTap final : public FrameTap {
 public:
  RecordingTap(call::Track tracks, base::Instant begin)
      : tracks_(tracks), complete_until_(begin.time_since_epoch().count()), frames_(512) {}

  // Media worker
  void on_frame(const TappedFrame& frame) noexcept override;
  bool is_done() const noexcept override;

  // Control thread
  /// It is done when all from before `at` has come.
  void stop(base::Instant at) { stop_at_.store(at.time_since_epoch().count()); }

  // File thread
  TapRing& frames() { return frames_; }
  /// All from before this moment has been written. Ask before reading.
  base::Instant complete_until() const { return base::Instant{base::Duration{complete_until_}}; }
  base::Duration drift() const { return base::Duration{drift_}; }

 private:
  call::Track tracks_;
  TrackFollower heard_{call::Track::inbound};
  TrackFollower spoken_{call::Track::outbound};
  std::atomic<std::int64_t> complete_until_;
  std::atomic<std::int64_t> stop_at_{std::numeric_limits<std::int64_t>::max()};
  std::atomic<std::int64_t> drift_{0};
  TapRing frames_;
  TrackWriter heard_out_{frames_};
  TrackWriter spoken_out_{frames_};
};

}  // namespace belfry::gateway::media
