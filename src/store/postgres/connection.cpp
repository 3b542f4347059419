#include "store/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "base/log.hpp"
#include "store/postgres/failure.hpp"

namespace belfry::store::postgres {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration connect_within = 5s;
/// How often a wait looks whether it shall end.
constexpr auto look_up_every = 100ms;
constexpr int oldest_server = 120'000;

/// What the session needs to be, whatever the server's, the database's and the role's defaults are.
/// `local` and `off` answer a COMMIT before it is as durable as the server can make it.
constexpr const char* session_settings =
    "SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') "
    "IN ('off', 'local') THEN 'on' ELSE current_setting('synchronous_commit') END, false),"
    "set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false),"
    "set_config('idle_in_transaction_session_timeout', '60000', false),"
    "set_config('tcp_keepalives_idle', '10', false),"
    "set_config('tcp_keepalives_interval', '5', false),"
    "set_config('tcp_keepalives_count', '3', false),"
    "current_setting('server_encoding'), current_setting('fsync'),"
    "current_setting('transaction_read_only')";

std::string column_of(const pg_result* result, int column) {
  return {PQgetvalue(result, 0, column), static_cast<std::size_t>(PQgetlength(result, 0, column))};
}

}  // namespace

void finish(pg_conn* connection) {
  PQfinish(connection);
}
void clear(pg_result* result) {
  PQclear(result);
}

base::Result<> check_url(const std::string& url) {
  char* message = nullptr;
  const base::Handle<PQconninfoOption, PQconninfoFree> options(
      PQconninfoParse(url.c_str(), &message)
  );
  PQfreemem(message);
  if (options) return {};
  return base::fail(
      base::Errc::invalid_argument,
      "database_url is no URL of a PostgreSQL database: "
      "postgresql://user:password@host:port/database, where %, /, @ and : of a password are "
      "written as %25, %2F, %40 and %3A"
  );
}

Connection::Connection(const std::string& url, const std::string& application_name) {
  // Later ones win, so that a URL cannot take them away.
  const std::array<const char*, 10> keys = {
      "dbname",
      "application_name",
      "client_encoding",
      "keepalives_idle",
      "keepalives_interval",
      "keepalives_count",
      "tcp_user_timeout",
      "target_session_attrs",
      nullptr,
      nullptr
  };
  const std::array<const char*, 10> values = {
      url.c_str(), application_name.c_str(), "UTF8", "10", "5", "3", "20000", "read-write", nullptr,
      nullptr
  };
  connection_.reset(PQconnectStartParams(keys.data(), values.data(), 1));
  if (!connection_) raise_lost("there is no memory for a connection");
  // What ends a session also comes as an error; "relation exists, skipping" is no news.
  PQsetNoticeProcessor(get(), [](void*, const char*) {}, nullptr);
  establish();
  set_up_session();
}

void Connection::establish() {
  const base::Instant until = base::SystemClock().now() + connect_within;
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (true) {
    if (PQstatus(get()) == CONNECTION_BAD || next == PGRES_POLLING_FAILED)
      raise_lost(last_words(get()));
    if (next == PGRES_POLLING_OK) break;
    wait(next == PGRES_POLLING_READING ? For::reading : For::writing, until);
    next = PQconnectPoll(get());
  }
  if (PQsetnonblocking(get(), 1) != 0) raise_lost(last_words(get()));
}

void Connection::set_up_session() {
  if (PQserverVersion(get()) < oldest_server)
    throw sql::DatabaseError{sql::Trouble::fatal, "PostgreSQL 12 or later is needed"};
  const ResultPtr result = ask(session_settings);
  const int columns = PQnfields(result.get());
  if (column_of(result.get(), columns - 3) != "UTF8")
    throw sql::DatabaseError{
        sql::Trouble::fatal, "the database is in " + column_of(result.get(), columns - 3) +
                                 "; it has to be made with ENCODING 'UTF8'"
    };
  if (column_of(result.get(), columns - 2) != "on")
    base::log::warning(
        "store.not_durable", {{"why", "the PostgreSQL server runs with fsync=off (rule R1)"}}
    );
  if (column_of(result.get(), columns - 1) != "off") raise_lost("the server is read-only");
}

int Connection::process() const {
  return PQbackendPID(get());
}

base::Instant Connection::deadline() const {
  return base::SystemClock().now() + patience_;
}

void Connection::wait(For what, base::Instant until) const {
  pollfd socket{};
  socket.fd = PQsocket(get());
  if (socket.fd < 0) raise_lost(last_words(get()));
  if (what != For::writing) socket.events |= POLLIN;
  if (what != For::reading) socket.events |= POLLOUT;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - base::SystemClock().now());
    if (left <= 0ms) raise_lost("the database does not answer");
    if (stop_ != nullptr && *stop_) raise_lost("interrupted");
    const auto step =
        stop_ == nullptr ? left : std::min<std::chrono::milliseconds>(left, look_up_every);
    const int ready = ::poll(&socket, 1, static_cast<int>(step.count()));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) raise_lost("poll failed");
  }
}

void Connection::check_alive() {
  pollfd socket{PQsocket(get()), POLLIN, 0};
  // What comes unasked is a setting that has changed, or the end: that can be read for ever.
  while (::poll(&socket, 1, 0) > 0)
    if (PQconsumeInput(get()) == 0 || PQstatus(get()) == CONNECTION_BAD)
      raise_lost(last_words(get()));
}

void Connection::wait_for_result() {
  auto until = deadline();
  while (true) {
    const int unsent = PQflush(get());
    if (unsent < 0) raise_lost(last_words(get()));
    if (unsent == 0 && PQisBusy(get()) == 0) return;
    wait(unsent > 0 ? For::both : For::reading, until);
    if (PQconsumeInput(get()) == 0) raise_lost(last_words(get()));
    // What was sent keeps the server busy; only silence is a bad sign.
    until = deadline();
  }
}

ResultPtr Connection::ask(const std::string& sql, const std::vector<std::string>& texts) {
  std::vector<const char*> values;
  values.reserve(texts.size());
  for (const std::string& text : texts) values.push_back(text.c_str());
  const int sent = PQsendQueryParams(
      get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr,
      0
  );
  if (sent == 0) raise_lost(last_words(get()));
  ResultPtr last;
  while (true) {
    wait_for_result();
    ResultPtr result(PQgetResult(get()));
    if (!result) break;
    last = std::move(result);
  }
  if (PQstatus(get()) == CONNECTION_BAD) raise_lost(last_words(get()));
  const ExecStatusType status = PQresultStatus(last.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) raise(refusal_of(last.get()));
  return last;
}

std::string Connection::ask_text(const std::string& sql, const std::vector<std::string>& texts) {
  const ResultPtr result = ask(sql, texts);
  return PQntuples(result.get()) == 0 ? std::string() : column_of(result.get(), 0);
}

}  // namespace belfry::store::postgres
