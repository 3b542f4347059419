#pragma once
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace belfry::media {

/// How long packets must wait to be in time: measures the interarrival jitter (RFC 3550 A.8) and
/// the fastest transit of the last seconds, the base line against which waiting is counted (it
/// follows clock drift and route changes). Units are ticks of the RTP clock unless typed. One
/// thread, no allocation.
class PlayoutDelay {
 public:
  PlayoutDelay(
      std::uint32_t clock_hz, base::Duration initial, base::Duration minimum, base::Duration maximum
  );
  /// A new stream: transits start over, the target stays as learned.
  void restart(base::Instant now);
  /// @param position extended RTP timestamp.
  void handle_arrival(std::int64_t position, base::Instant arrived);
  /// A packet missed its turn: the target was too small by `by`; nothing where that is negative.
  void handle_late(base::Duration by);

  /// How much longer than the target a packet of the fastest transit would have waited if
  /// `position` were played at `now`; negative: so much too short.
  base::Duration surplus(std::int64_t position, base::Instant now) const;
  base::Duration target() const;
  base::Duration jitter() const { return to_duration(jitter_); }

 private:
  double units(base::Instant at) const;
  base::Duration to_duration(double units) const;
  void note_transit(double transit, base::Instant arrived);

  double clock_hz_;
  base::Duration minimum_, maximum_;
  base::Instant epoch_{};
  std::optional<double> last_transit_;
  double jitter_ = 0;
  double wanted_;                            // ticks: rises at once, falls slowly
  double fastest_ = 0, fastest_before_ = 0;  // this window and the one before
  base::Instant window_end_{};
};

}  // namespace belfry::media
