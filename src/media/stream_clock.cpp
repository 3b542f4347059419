#include "media/stream_clock.hpp"

#include <algorithm>

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration window = 2s;
constexpr base::Duration settling = 2s;
constexpr base::Duration smallest_shift = 500us;
constexpr base::Duration drift_step = 400us;  // a window: 200 ppm, more than a good clock is off
constexpr int patience = 5;                   // windows until it is believed to be more than that
constexpr base::Duration early_limit = 5ms;   // beyond it the reference was late itself
constexpr base::Duration jump = 1s;

}  // namespace

void StreamClock::reset() {
  started_ = false;
  drift_ = 0ns;
}

base::Duration StreamClock::distance(std::uint32_t timestamp) const {
  const auto units = static_cast<std::int32_t>(timestamp - reference_);
  return base::Duration{static_cast<std::int64_t>(units) * 1'000'000'000 / clock_hz_};
}

std::optional<base::Instant> StreamClock::time_of(std::uint32_t timestamp) const {
  if (!started_) return std::nullopt;
  return reference_at_ + distance(timestamp);
}

void StreamClock::begin(std::uint32_t ssrc, std::uint32_t timestamp, base::Instant arrived) {
  started_ = true;
  ssrc_ = ssrc;
  reference_ = timestamp;
  reference_at_ = arrived;
  settled_at_ = arrived + settling;
  window_ends_ = arrived + window;
  least_late_.reset();
  least_late_before_.reset();
  late_windows_ = 0;
}

void StreamClock::handle_packet(
    std::uint32_t ssrc, std::uint32_t timestamp, base::Instant arrived
) {
  if (!started_ || ssrc != ssrc_) return begin(ssrc, timestamp, arrived);
  base::Duration late = arrived - (reference_at_ + distance(timestamp));
  if (late > jump || late < -jump) return begin(ssrc, timestamp, arrived);
  const bool settled = arrived >= settled_at_;
  if (late < 0ns && (!settled || late < -early_limit)) {
    reference_at_ += late;
    if (settled) drift_ -= late;
    if (least_late_) *least_late_ -= late;
    if (least_late_before_) *least_late_before_ -= late;
    late = 0ns;
  }
  least_late_ = std::min(least_late_.value_or(late), late);
  if (arrived >= window_ends_) close_window(arrived);
}

/// Moves the reference along, so that differences of timestamps stay small in a call of days.
void StreamClock::close_window(base::Instant now) {
  // In jitter even the best of one window may be late: it counts as drift when that of two is.
  const base::Duration late = least_late_.value_or(0ns);
  base::Duration shift = std::min(late, least_late_before_.value_or(late));
  least_late_before_ = late;
  // A packet that comes early proves something; one that is late may have waited in a busy machine.
  late_windows_ = shift > smallest_shift ? late_windows_ + 1 : 0;
  if (late_windows_ > 0)
    shift = std::min(shift, drift_step + std::max(late_windows_ - patience, 0) * 1ms);
  if (late_windows_ > 0 || shift < -smallest_shift) {
    reference_at_ += shift;
    drift_ -= shift;
    least_late_before_ = late - shift;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now - reference_at_);
  reference_ += static_cast<std::uint32_t>(seconds.count()) * clock_hz_;  // nothing is rounded
  reference_at_ += seconds;
  window_ends_ = now + window;
  least_late_.reset();
}

}  // namespace belfry::media
