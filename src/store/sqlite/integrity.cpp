#include "store/sqlite/integrity.hpp"

#include "store/sqlite/database.hpp"

namespace belfry::store::sqlite {

base::Result<> quick_check(const std::string& file, const std::atomic<bool>& stop) {
  try {
    SqliteDatabase database(file, SqliteDatabase::Access::read_only);
    database.interrupt_when(stop);
    sql::Rows rows = database.query("PRAGMA quick_check(1)");
    if (rows.next() && rows.text(0) != "ok")
      return base::fail(base::Errc::io, "the database is damaged: " + rows.string(0));
  } catch (const sql::DatabaseError& error) {
    if (!stop) return base::fail(base::Errc::io, "the database is damaged: " + error.message);
  }
  return {};
}

}  // namespace belfry::store::sqlite
