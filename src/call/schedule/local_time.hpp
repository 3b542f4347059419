#pragma once
#include <optional>
#include <string_view>

#include "base/time_zone.hpp"

namespace belfry::call::schedule {

/// `2026-03-08T09:30:00`, also without seconds or with a blank for the `T`; nothing when there is
/// no such day or hour.
std::optional<base::LocalTime> parse_local_time(std::string_view text);
/// `2026-03-08T09:30:00`.
std::string to_text(base::LocalTime time);
/// `09:30`, and `24:00` for the end of a day.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text);
std::string to_text(std::chrono::minutes time_of_day);

/// RFC 3339 in UTC (`2026-03-08T09:30:00Z`, with or without a fraction).
std::optional<base::WallTime> parse_utc(std::string_view text);

}  // namespace belfry::call::schedule
