#pragma once
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace belfry::apps::take5 {

/// ISO 8601 as JavaScript writes and reads it: `2025-08-27T10:00:00.000Z`, also without fraction or
/// seconds, with an offset (`+02:00`) or without one (UTC), or a date alone (its midnight, UTC).
std::optional<base::WallTime> parse_moment(std::string_view text);

}  // namespace belfry::apps::take5
