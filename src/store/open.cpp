#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "store/postgres/database.hpp"
#include "store/postgres/integrity.hpp"
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

base::Result<std::unique_ptr<sqlite::SqliteDatabase>> open_file(
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

base::Result<std::unique_ptr<Store>> open_sqlite(
    const Settings& settings, FolderLock lock, base::Loop& loop
) {
  const bool on_disk = settings.folder != in_memory;
  const std::string file = on_disk ? settings.folder + "/belfry.db" : std::string(in_memory);
  BELFRY_TRY(database, open_file(file, settings.max_bytes));
  sql::SqlStore::Check check;
  if (on_disk)
    check = [file](const std::atomic<bool>& stop) { return sqlite::quick_check(file, stop); };
  return std::make_unique<sql::SqlStore>(
      settings, std::move(lock), std::move(database), std::move(check), loop
  );
}

base::Result<std::unique_ptr<Store>> open_postgres(
    const Settings& settings, FolderLock lock, base::Loop& loop
) {
  const std::string& url = settings.database_url;
  BELFRY_TRY(database, postgres::PostgresDatabase::open(url));
  if (settings.on_doorbell)
    database->set_doorbell(std::make_unique<postgres::Doorbell>(url, loop, settings.on_doorbell));
  auto check = [url](const std::atomic<bool>& stop) {
    return postgres::read_everything(url, stop);
  };
  return std::make_unique<sql::SqlStore>(
      settings, std::move(lock), std::move(database), std::move(check), loop
  );
}

}  // namespace

base::Result<std::unique_ptr<Store>> open(const Settings& settings, base::Loop& loop) {
  FolderLock lock;
  if (settings.folder != in_memory) {
    BELFRY_CHECK(make_folder(settings.folder));
    BELFRY_TRY(taken, FolderLock::take(settings.folder));
    lock = std::move(taken);
  }
  const std::string& url = settings.database_url;
  if (url.empty() || url == "sqlite") return open_sqlite(settings, std::move(lock), loop);
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return open_postgres(settings, std::move(lock), loop);
  return base::fail(
      base::Errc::invalid_argument, "database_url must be sqlite or begin with postgresql://"
  );
}

}  // namespace belfry::store
