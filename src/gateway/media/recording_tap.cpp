#include "gateway/media/recording_tap.hpp"

#include <span>

namespace belfry::gateway::media {

TimedFrame TrackFollower::follow_heard(const TappedFrame& frame) {
  const base::Instant at =
      frame.of_room ? tick_time(frame.now) : frame.heard_at.value_or(next_.value_or(frame.now));
  return make(frame.heard, frame.rate, at);
}

TimedFrame TrackFollower::follow_spoken(const TappedFrame& frame) {
  const base::Instant at =
      frame.own_clock ? tick_time(frame.now) : frame.spoken_at.value_or(next_.value_or(frame.now));
  return make(frame.spoken, frame.rate, at);
}

/// Ticks are 20 ms apart and may be late, never early: so a frame follows the one before, and the
/// earliest of all ticks says when.
base::Instant TrackFollower::tick_time(base::Instant now) const {
  const bool follows = next_ && now >= *next_ && now < *next_ + belfry::media::frame_duration;
  return follows ? *next_ : now;
}

TimedFrame TrackFollower::make(
    belfry::media::ConstSamples samples, belfry::media::SampleRate rate, base::Instant at
) {
  next_ = at + belfry::media::frame_duration;
  TimedFrame frame;
  frame.track = track_;
  converter_.process(samples, rate, frame.samples);
  frame.at = at - converter_.delay();
  return frame;
}

void TrackWriter::write(TimedFrame& frame) {
  constexpr base::Duration slack = std::chrono::milliseconds(1);
  for (TimedFrame& held : std::span(held_).first(held_count_)) {
    if (held.at + belfry::media::frame_duration <= frame.at + slack) ring_.write(held);
  }
  held_count_ = 0;
  ring_.write(frame);
}

void TrackWriter::hold(TimedFrame& frame) {
  if (held_count_ < held_.size()) held_[held_count_++] = frame;
}

void TrackWriter::flush() {
  for (TimedFrame& held : std::span(held_).first(held_count_)) ring_.write(held);
  held_count_ = 0;
}

void RecordingTap::on_frame(const TappedFrame& frame) noexcept {
  if (frame.heard.empty()) {
    heard_.interrupt();
    heard_out_.flush();
  } else if (tracks_ != call::Track::outbound) {
    TimedFrame heard = heard_.follow_heard(frame);
    frame.lost ? heard_out_.hold(heard) : heard_out_.write(heard);
  }
  if (frame.spoken.empty()) {
    spoken_.interrupt();
    spoken_out_.flush();
  } else if (tracks_ != call::Track::inbound) {
    TimedFrame spoken = spoken_.follow_spoken(frame);
    const bool lost = !frame.own_clock && !frame.spoken_at;
    lost ? spoken_out_.hold(spoken) : spoken_out_.write(spoken);
  }
  drift_.store(frame.drift.count(), std::memory_order_relaxed);
  const std::int64_t complete = (frame.now - frame.lag).time_since_epoch().count();
  if (complete > complete_until_.load(std::memory_order_relaxed))
    complete_until_.store(complete, std::memory_order_release);
}

bool RecordingTap::is_done() const noexcept {
  return complete_until_.load(std::memory_order_relaxed) >= stop_at_.load();
}

}  // namespace belfry::gateway::media
