#include "store/postgres/session_lock.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <array>
#include <span>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::postgres {
namespace {

/// "belf", "stor": the two halves of the lock's key.
constexpr const char* try_lock = "SELECT pg_try_advisory_lock(1650814054, 1937010546)";
constexpr const char* wait_for_lock = "SELECT pg_advisory_lock(1650814054, 1937010546)";
constexpr const char* limit_waiting = "SET lock_timeout = '3s'";
constexpr const char* wait_for_ever = "SET lock_timeout = 0";
constexpr const char* ask_for_holder =
    "SELECT pid, coalesce(application_name, '') FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE granted AND locktype = 'advisory' AND classid = 1650814054 AND objid = 1937010546 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

struct Holder {
  std::string process;
  std::string name;
};

Holder holder_of(Connection& connection) {
  const ResultPtr result = connection.ask(ask_for_holder);
  if (PQntuples(result.get()) == 0) return {};
  return {PQgetvalue(result.get(), 0, 0), PQgetvalue(result.get(), 0, 1)};
}

}  // namespace

std::string make_session_name() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::uint64_t instance = base::SecureRandom().next();
  // PostgreSQL keeps 63 bytes.
  return "belfry " + std::to_string(::getpid()) + " on " + std::string(host.data()).substr(0, 20) +
         " (" + base::to_hex(std::as_bytes(std::span(&instance, 1))) + ")";
}

base::Result<> take_lock(Connection& connection, const std::string& session_name) {
  if (connection.ask_text(try_lock) == "t") return {};
  // What we sent there must have come to its end before we ask what became of it.
  if (const Holder holder = holder_of(connection); holder.name == session_name)
    connection.ask("SELECT pg_terminate_backend($1::int)", {holder.process});
  connection.ask(limit_waiting);
  try {
    connection.ask(wait_for_lock);
  } catch (const sql::DatabaseError&) {
    // Whether it is the time that is over, or the connection, this call tells.
    const Holder holder = holder_of(connection);
    return base::fail(
        base::Errc::conflict, "the database is in use by " + holder.name +
                                  " (PostgreSQL's process " + holder.process + ")"
    );
  }
  connection.ask(wait_for_ever);
  return {};
}

}  // namespace belfry::store::postgres
