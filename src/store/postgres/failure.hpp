#pragma once
#include <string>

#include "store/sql/database.hpp"

struct pg_conn;
struct pg_result;

namespace belfry::store::postgres {

/// What PostgreSQL refused: an SQLSTATE and what it says.
struct Refusal {
  std::string state;     // five characters; empty: libpq's own
  std::string severity;  // "ERROR"; after "FATAL" and "PANIC" the session is over
  std::string message;
};

Refusal refusal_of(const pg_result* result);

/// Throws what the refusal means to the store: sql::ConflictError, sql::RowError or
/// sql::DatabaseError.
[[noreturn]] void raise(const Refusal& refusal);
[[noreturn]] void raise_lost(const std::string& why);
/// libpq's last words about the connection, in one line.
std::string last_words(const pg_conn* connection);

}  // namespace belfry::store::postgres
