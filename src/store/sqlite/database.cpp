#include "store/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace belfry::store::sqlite {
namespace {

[[noreturn]] void raise(sqlite3* database) {
  throw SqliteError{sqlite3_extended_errcode(database), sqlite3_errmsg(database)};
}

/// SQLite would make the file readable by all; the WAL takes its mode from it.
void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) throw SqliteError{SQLITE_CANTOPEN, path + ": " + std::strerror(errno)};
  ::close(file);
}

}  // namespace

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) raise(database_);
  return false;
}

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
std::string_view Rows::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return length == 0 ? std::string_view()
                     : std::string_view(static_cast<const char*>(bytes), length);
}
bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Rows::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK) raise(database_);
}
void Rows::bind(int index, std::string_view value, Copy copy) {
  // A null pointer would bind NULL, and an empty view may have one.
  const char* text = value.data() == nullptr ? "" : value.data();
  const int result = sqlite3_bind_text64(
      statement_, index, text, value.size(), copy == Copy::yes ? SQLITE_TRANSIENT : SQLITE_STATIC,
      SQLITE_UTF8
  );
  if (result != SQLITE_OK) raise(database_);
}
void Rows::bind_null(int index) {
  if (sqlite3_bind_null(statement_, index) != SQLITE_OK) raise(database_);
}

Database::Database(const std::string& path, Access access) {
  const bool writes = access == Access::read_write;
  if (writes && path != ":memory:") make_private_file(path);
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (result != SQLITE_OK) throw SqliteError{result, path + ": " + sqlite3_errstr(result)};
  sqlite3_busy_timeout(opened, 5000);
  if (!writes) return;
  execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;"
      "PRAGMA temp_store=MEMORY"
  );
  sqlite3_wal_hook(opened, &Database::on_commit, this);
}

Database::~Database() {
  statements_.clear();
}

int Database::close(sqlite3* database) {
  return sqlite3_close_v2(database);
}
int Database::finalize(sqlite3_stmt* statement) {
  return sqlite3_finalize(statement);
}
int Database::on_commit(void* self, sqlite3*, const char*, int frames) {
  static_cast<Database*>(self)->wal_frames_ = frames;
  return SQLITE_OK;
}

sqlite3_stmt* Database::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end())
    return found->second.get();
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(
      database_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
      &statement, nullptr
  );
  if (result != SQLITE_OK) raise(database_.get());
  statements_.emplace(sql, statement);
  return statement;
}

Rows Database::query_with(std::string_view sql, const std::vector<std::string>& values) {
  sqlite3_stmt* statement = prepare(sql);
  Rows binder(database_.get(), statement);
  int index = 0;
  for (const std::string& value : values) binder.bind_one<Rows::Copy::yes>(++index, value);
  binder.statement_ = nullptr;
  return {database_.get(), statement};
}

void Database::execute(const std::string& script) {
  if (sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    raise(database_.get());
}

std::uint64_t Database::changed_rows() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(database_.get()));
}
bool Database::in_transaction() const {
  return sqlite3_get_autocommit(database_.get()) == 0;
}

void Database::checkpoint() {
  int frames = 0;
  int done = 0;
  const int result = sqlite3_wal_checkpoint_v2(
      database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &done
  );
  // Busy: a reader (the integrity check, a backup) needs old pages; the next checkpoint gets them.
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) raise(database_.get());
  wal_frames_ = 0;
}

void Database::interrupt_when(const std::atomic<bool>& stop) {
  sqlite3_progress_handler(
      database_.get(), 10'000,
      [](void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; },
      const_cast<std::atomic<bool>*>(&stop)
  );
}

Trouble classify(const SqliteError& error) {
  // The file behind the shared memory could not grow: nothing was written yet.
  if (error.code == SQLITE_IOERR_SHMSIZE) return Trouble::full;
  switch (error.code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Trouble::conflict;
    case SQLITE_FULL:
      return Trouble::full;
    default:
      return Trouble::fatal;
  }
}

}  // namespace belfry::store::sqlite
