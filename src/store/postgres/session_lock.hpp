#pragma once
#include <string>

#include "base/result.hpp"
#include "store/postgres/connection.hpp"

/// Rule R6 in a database: one writer, whichever machine it runs on.
namespace belfry::store::postgres {

/// What our sessions are called in pg_stat_activity: "belfry <pid> on <host> (<random>)".
std::string make_session_name();

/// Takes an advisory lock that the session holds until it ends, however it ends. Waits some seconds
/// for a session that is just ending; one of our own name that does not end is ended.
/// @return Errc::conflict with who holds it. @throws sql::DatabaseError
base::Result<> take_lock(Connection& connection, const std::string& session_name);

}  // namespace belfry::store::postgres
