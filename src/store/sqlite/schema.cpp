#include "store/sqlite/schema.hpp"

#include "store/sql/migrations.hpp"

namespace belfry::store::sqlite {
namespace {

int user_version(SqliteDatabase& database) {
  sql::Rows rows = database.query("PRAGMA user_version");
  return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

}  // namespace

base::Result<> migrate(SqliteDatabase& database) {
  const auto steps = sql::migrations(sql::Dialect::sqlite);
  const int found = user_version(database);
  BELFRY_CHECK(sql::check_version(found));
  for (std::size_t done = static_cast<std::size_t>(found); done < steps.size(); ++done) {
    std::string script = "BEGIN IMMEDIATE;";
    for (const std::string& statement : steps[done]) script += statement + ";";
    database.execute_script(
        script + "PRAGMA user_version=" + std::to_string(done + 1) + "; COMMIT"
    );
  }
  return {};
}

}  // namespace belfry::store::sqlite
