#include "store/postgres/schema.hpp"

#include "store/sql/migrations.hpp"

namespace belfry::store::postgres {
namespace {

using namespace std::chrono_literals;

/// An index over a table that has grown takes its time.
constexpr auto longest_step = 10min;

int version_of(Connection& connection) {
  if (connection.ask_text("SELECT to_regclass('belfry')").empty()) {
    connection.ask("BEGIN");
    connection.ask(
        "CREATE TABLE belfry (id INT PRIMARY KEY CHECK (id = 1), schema_version INT NOT NULL, "
        "last_commit TEXT COLLATE \"C\" NOT NULL)"
    );
    connection.ask("INSERT INTO belfry VALUES (1, 0, '')");
    connection.ask("COMMIT");
  }
  return std::stoi(connection.ask_text("SELECT schema_version FROM belfry"));
}

}  // namespace

base::Result<> migrate(Connection& connection) {
  const auto steps = sql::migrations(sql::Dialect::postgres);
  const int found = version_of(connection);
  BELFRY_CHECK(sql::check_version(found));
  connection.set_patience(longest_step);
  for (std::size_t done = static_cast<std::size_t>(found); done < steps.size(); ++done) {
    connection.ask("BEGIN");
    for (const std::string& statement : steps[done]) connection.ask(statement);
    connection.ask("UPDATE belfry SET schema_version = $1::int", {std::to_string(done + 1)});
    connection.ask("COMMIT");
  }
  connection.set_patience(Connection::usual_patience);
  return {};
}

}  // namespace belfry::store::postgres
