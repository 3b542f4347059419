#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "store/sql/argument.hpp"

namespace belfry::store::sql {

/// JSON as a column. Broken UTF-8 and NUL in its texts become U+FFFD (see `Argument`): PostgreSQL
/// looks into no document that holds NUL, not even as an escape.
/// @throws RowError when it is larger than `base::json::parse` takes.
JsonText to_column(const base::json::object& object);
/// @throws RowError
base::json::object from_column(std::string_view text);

}  // namespace belfry::store::sql
