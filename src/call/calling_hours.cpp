#include "call/calling_hours.hpp"

#include <algorithm>

#include "base/time_zone.hpp"
#include "numbering/number.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

/// The first zone where it is too early or too late, or none.
const std::string* closed_in(
    const CallingHours& hours, const std::vector<std::string>& zones, base::WallTime now
) {
  const auto closed = std::ranges::find_if(zones, [&](const std::string& zone) {
    const auto time = base::time_of_day(zone, now);
    return time && (*time < hours.from || *time >= hours.until);
  });
  return closed == zones.end() ? nullptr : &*closed;
}

std::optional<base::WallTime> next_opening(
    const CallingHours& hours, const std::vector<std::string>& zones, base::WallTime now
) {
  constexpr auto step = 15min;  // no zone has another offset
  base::WallTime next = std::chrono::ceil<std::chrono::duration<int, std::ratio<900>>>(now);
  for (const base::WallTime last = now + 49h; next < last; next += step)
    if (closed_in(hours, zones, next) == nullptr) return next;
  return std::nullopt;
}

std::string clock_text(std::chrono::minutes time) {
  const auto two = [](std::int64_t number) {
    return std::string(number < 10 ? "0" : "") + std::to_string(number);
  };
  return two(time / 1h) + ":" + two(time % 1h / 1min);
}

}  // namespace

base::Result<> CallingHours::admit(const std::string& number, base::WallTime now) const {
  if (is_any_hour()) return {};
  const auto parsed = numbering::parse(number);
  if (!parsed) return {};
  const std::vector<std::string>& zones = base::time_zones_of(parsed->country);
  const std::string* zone = closed_in(*this, zones, now);
  if (zone == nullptr) return {};
  const auto next = next_opening(*this, zones, now);
  return base::fail(
      base::Errc::refused, "it is " + clock_text(*base::time_of_day(*zone, now)) + " in " + *zone +
                               ", and automatic calls are made from " + clock_text(from) + " to " +
                               clock_text(until) + " at the callee; next " +
                               (next ? base::to_rfc3339_seconds(*next)
                                     : "never: its time zones have no such hour in common")
  );
}

std::optional<base::WallTime> CallingHours::opening(const std::string& number, base::WallTime now)
    const {
  const auto parsed = numbering::parse(number);
  if (is_any_hour() || !parsed) return now;
  const std::vector<std::string>& zones = base::time_zones_of(parsed->country);
  if (closed_in(*this, zones, now) == nullptr) return now;
  return next_opening(*this, zones, now);
}

}  // namespace belfry::call
