#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::sql {

/// The statements of each step of the schema; the number of steps done is a database's version.
/// They are written in SQLite's words; for PostgreSQL its types stand in their place.
std::vector<std::vector<std::string>> migrations(Dialect dialect);

/// What this program writes.
int schema_version();

/// @return Errc::conflict when a newer Belfry made the database of version `found`.
base::Result<> check_version(int found);

}  // namespace belfry::store::sql
