#pragma once
#include <chrono>
#include <string>

namespace belfry::base {

using Duration = std::chrono::nanoseconds;

/// Monotonic time as the whole program sees it. Only `Clock` makes values, so that time is a
/// parameter.
struct Monotonic {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};
using Instant = Monotonic::time_point;

/// Civil time, UTC. For records and signatures only: never for time-outs (it may be stepped).
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall_now() const = 0;
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  WallTime wall_now() const override;
};

/// Stands still until told to move. One thread. Starts at 2026-01-01T00:00:00Z.
class VirtualClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  WallTime wall_now() const override;
  void advance(Duration by) { now_ += by; }
  /// Never goes back: an earlier `to` changes nothing.
  void advance_to(Instant to);
  /// A stepped wall clock (rule R5): `now()` is not touched.
  void step_wall(std::chrono::microseconds by) { wall_offset_ += by; }
  Duration elapsed() const { return now_ - start(); }

 private:
  static constexpr Instant start() { return Instant{std::chrono::hours(1)}; }
  Instant now_ = start();
  std::chrono::microseconds wall_offset_{0};
};

/// `2026-01-02T03:04:05.678Z` (RFC 3339, milliseconds).
std::string to_rfc3339(WallTime time);
/// `2026-01-02T03:04:05Z`.
std::string to_rfc3339_seconds(WallTime time);
/// `Fri, 02 Jan 2026 03:04:05 +0000` (RFC 2822, as Twilio's API writes dates).
std::string to_rfc2822(WallTime time);

inline std::int64_t to_unix_micros(WallTime time) {
  return time.time_since_epoch().count();
}
inline WallTime from_unix_micros(std::int64_t micros) {
  return WallTime{std::chrono::microseconds(micros)};
}
inline std::int64_t to_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace belfry::base
