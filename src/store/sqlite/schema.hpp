#pragma once
#include "base/result.hpp"
#include "store/sqlite/database.hpp"

namespace belfry::store::sqlite {

/// Brings the file to our schema, one transaction per step; the number of steps done is its
/// `user_version`. @return Errc::conflict when a newer Belfry made the file, which is left as it
/// is. @throws sql::DatabaseError
base::Result<> migrate(SqliteDatabase& database);

}  // namespace belfry::store::sqlite
