#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "store/sql/store.hpp"
#include "store/sqlite/integrity.hpp"
#include "store/sqlite/schema.hpp"
#include "store/store.hpp"

namespace belfry::store {
namespace {

constexpr std::string_view in_memory = ":memory:";
constexpr std::uint64_t page_bytes = 4096;

base::Result<> make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return base::fail(
      base::Errc::io, "cannot make the data folder " + folder + ": " + std::strerror(errno)
  );
}

base::Result<std::unique_ptr<sqlite::SqliteDatabase>> open_database(
    const std::string& file, std::uint64_t max_bytes
) {
  try {
    auto database =
        std::make_unique<sqlite::SqliteDatabase>(file, sqlite::SqliteDatabase::Access::read_write);
    BELFRY_CHECK(sqlite::migrate(*database));
    if (max_bytes != 0)
      database->execute_script("PRAGMA max_page_count=" + std::to_string(max_bytes / page_bytes));
    return database;
  } catch (const sql::DatabaseError& error) {
    return base::fail(base::Errc::io, "cannot open the database " + file + ": " + error.message);
  }
}

}  // namespace

base::Result<std::unique_ptr<Store>> open(Settings settings, base::Loop& loop) {
  FolderLock lock;
  std::string file(in_memory);
  if (settings.folder != in_memory) {
    BELFRY_CHECK(make_folder(settings.folder));
    BELFRY_TRY(taken, FolderLock::take(settings.folder));
    lock = std::move(taken);
    file = settings.folder + "/belfry.db";
  }
  BELFRY_TRY(database, open_database(file, settings.max_bytes));
  sql::SqlStore::Check check;
  if (file != in_memory)
    check = [file](const std::atomic<bool>& stop) { return sqlite::quick_check(file, stop); };
  return std::make_unique<sql::SqlStore>(
      settings, std::move(lock), std::move(database), std::move(check), loop
  );
}

}  // namespace belfry::store
