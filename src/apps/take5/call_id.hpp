#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace belfry::apps::take5 {

/// `take5-<groupId>-<milliseconds since 1970>`.
std::string make_call_id(std::int64_t group, base::WallTime now);
/// The same pattern as the document's: `^take5-\d+-\d+$`.
bool is_call_id(std::string_view text);

}  // namespace belfry::apps::take5
