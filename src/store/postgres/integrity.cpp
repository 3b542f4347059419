#include "store/postgres/integrity.hpp"

#include <array>

#include "base/log.hpp"
#include "store/postgres/connection.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_read = 1h;

/// The length of a value is known only once its parts are put together.
constexpr std::array tables = {
    "SELECT sum(length(rest)) FROM legs",       "SELECT sum(length(data)) FROM events",
    "SELECT sum(length(value)) FROM documents", "SELECT sum(length(body)) FROM deliveries",
    "SELECT sum(length(path)) FROM bindings",
};

}  // namespace

base::Result<> read_everything(const std::string& url, const std::atomic<bool>& stop) {
  try {
    Connection connection(url, "belfry check");
    connection.interrupt_when(stop);
    connection.set_patience(longest_read);
    for (const char* sql : tables) connection.ask(sql);
  } catch (const sql::DatabaseError& error) {
    if (error.trouble == sql::Trouble::fatal)
      return base::fail(base::Errc::io, "the database is damaged: " + error.message);
    if (!stop) base::log::warning("store.check_broke_off", {{"reason", error.message}});
  } catch (const sql::RowError& error) {
    return base::fail(base::Errc::io, "the database is damaged: " + error.message);
  }
  return {};
}

}  // namespace belfry::store::postgres
