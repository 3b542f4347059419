#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

/// Civil time elsewhere, by the machine's time zone database (package tzdata). Any thread.
namespace belfry::base {

/// What the clock on the wall shows somewhere.
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

bool is_time_zone(const std::string& zone);
/// Nothing for a zone that the database does not know.
std::optional<LocalTime> to_local(const std::string& zone, WallTime time);
/// A local time that does not exist moves forward by the gap; one that exists twice is the first
/// (rule R5).
std::optional<WallTime> to_utc(const std::string& zone, LocalTime time);

/// Since the last midnight there. Nothing for a zone that the database does not know.
/// @param zone an IANA name: "America/Panama".
std::optional<std::chrono::minutes> time_of_day(const std::string& zone, WallTime time);

/// IANA zones in use in a country (ISO 3166-1), by the database's `zone.tab`; none when it is
/// unknown.
const std::vector<std::string>& time_zones_of(std::string_view country);

}  // namespace belfry::base
