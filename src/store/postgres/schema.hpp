#pragma once
#include "base/result.hpp"
#include "store/postgres/connection.hpp"

namespace belfry::store::postgres {

/// Brings the database to our schema, one transaction per step. The number of steps done stands in
/// the one row of the table `belfry`, beside the name of the last commit (see
/// `PostgresDatabase::recover`).
/// @return Errc::conflict when a newer Belfry made it, which is left as it is.
/// @throws sql::DatabaseError
base::Result<> migrate(Connection& connection);

}  // namespace belfry::store::postgres
