#include "media/playout_delay.hpp"

#include <algorithm>
#include <cmath>

namespace belfry::media {
namespace {

using std::chrono::milliseconds;

constexpr base::Duration window = milliseconds(2000);
// Jitter is a mean difference: for delays spread evenly over w it is w/3, so three of them cover
// the spread; for normal ones 3.4 standard deviations.
constexpr double jitters_to_cover = 3.0;
constexpr double fall_per_packet = 1.0 / 256;  // half in 3.5 s

}  // namespace

PlayoutDelay::PlayoutDelay(
    std::uint32_t clock_hz, base::Duration initial, base::Duration minimum, base::Duration maximum
)
    : clock_hz_(clock_hz),
      minimum_(minimum),
      maximum_(std::clamp<base::Duration>(maximum, minimum, std::chrono::seconds(1))),  // rule M7
      wanted_(static_cast<double>(initial.count()) * 1e-9 * clock_hz) {}

double PlayoutDelay::units(base::Instant at) const {
  return static_cast<double>((at - epoch_).count()) * 1e-9 * clock_hz_;
}

base::Duration PlayoutDelay::to_duration(double units) const {
  return base::Duration{std::llround(units / clock_hz_ * 1e9)};
}

void PlayoutDelay::restart(base::Instant now) {
  epoch_ = now;
  last_transit_.reset();
}

void PlayoutDelay::handle_arrival(std::int64_t position, base::Instant arrived) {
  const double transit = units(arrived) - static_cast<double>(position);
  note_transit(transit, arrived);
  if (last_transit_) {
    // A second's jump is a change of route or clock, not jitter; it must not blow up the target.
    const double difference = std::min(std::abs(transit - *last_transit_), clock_hz_);
    jitter_ += (difference - jitter_) / 16.0;
  }
  last_transit_ = transit;
  const double needed = jitters_to_cover * jitter_;
  wanted_ = needed > wanted_ ? needed : wanted_ + (needed - wanted_) * fall_per_packet;
}

void PlayoutDelay::note_transit(double transit, base::Instant arrived) {
  if (!last_transit_) {
    fastest_ = fastest_before_ = transit;
    window_end_ = arrived + window;
  } else if (arrived >= window_end_) {
    fastest_before_ = fastest_;
    fastest_ = transit;
    window_end_ = arrived + window;
  } else {
    fastest_ = std::min(fastest_, transit);
  }
}

void PlayoutDelay::handle_late(base::Duration by) {
  constexpr base::Duration most = milliseconds(20);  // a single stray must not set the delay
  const base::Duration raised = target() + std::min(by, most);
  wanted_ = std::max(wanted_, static_cast<double>(raised.count()) * 1e-9 * clock_hz_);
}

base::Duration PlayoutDelay::surplus(std::int64_t position, base::Instant now) const {
  const double fastest = std::min(fastest_, fastest_before_);
  return to_duration(units(now) - static_cast<double>(position) - fastest) - target();
}

base::Duration PlayoutDelay::target() const {
  return std::clamp(to_duration(wanted_), minimum_, maximum_);
}

}  // namespace belfry::media
