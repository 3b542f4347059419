#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace belfry::store::sqlite {

/// JSON as a column. Text that came from a network may not be UTF-8 (a SIP reason phrase): broken
/// bytes become U+FFFD here, so that every row that was written can be read.
/// @throws RowError when it is larger than `base::json::parse` takes.
std::string to_column(const base::json::object& object);
/// @throws RowError
base::json::object from_column(std::string_view text);

}  // namespace belfry::store::sqlite
