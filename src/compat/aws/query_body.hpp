#pragma once
#include <string_view>

#include "base/json.hpp"

namespace belfry::compat::aws {

/// The body of AWS's query protocol as the members that it means: `A.member.2.B=x` is a list `A`
/// of objects, `A.entry.1.Name=x&A.entry.1.Value.B=y` (or `key`, `value`) a map. Leaves are texts.
/// At most 20,000 fields, 16 names deep. Pure.
/// @return Errc::malformed, Errc::too_large.
base::Result<base::json::object> parse_query_body(std::string_view body);

}  // namespace belfry::compat::aws
