#include "store/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace belfry::store::sqlite {
namespace {

using sql::Argument;
using sql::Trouble;

/// Frames in the WAL (4 KiB each) after which it is copied into the file.
constexpr int long_wal = 8000;

[[noreturn]] void raise(int code, const std::string& message) {
  // The file behind the shared memory could not grow: nothing was written yet.
  if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE)
    throw sql::DatabaseError{Trouble::full, message};
  if ((code & 0xff) == SQLITE_CONSTRAINT) throw sql::ConflictError{"it exists already: " + message};
  throw sql::DatabaseError{Trouble::fatal, message + " (" + std::to_string(code) + ")"};
}
[[noreturn]] void raise(sqlite3* database) {
  raise(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

/// SQLite would make the file readable by all; the WAL takes its mode from it.
void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) raise(SQLITE_CANTOPEN, path + ": " + std::strerror(errno));
  ::close(file);
}

/// Whether SQLite copies a text, or it stays where it is until the statement has ended.
enum class Copy { no, yes };

void bind(
    sqlite3* database, sqlite3_stmt* statement, int index, const Argument& argument, Copy copy
) {
  int result = SQLITE_OK;
  if (argument.is_null()) {
    result = sqlite3_bind_null(statement, index);
  } else if (argument.kind() == Argument::Kind::integer) {
    result = sqlite3_bind_int64(statement, index, argument.integer());
  } else {
    // A null pointer would bind NULL, and an empty view may have one.
    const std::string_view text = argument.text();
    result = sqlite3_bind_text64(
        statement, index, text.data() == nullptr ? "" : text.data(), text.size(),
        copy == Copy::yes ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8
    );
  }
  if (result != SQLITE_OK) raise(database);
}

/// A running statement; resets it when destroyed.
class SqliteCursor final : public sql::Cursor {
 public:
  SqliteCursor(
      sqlite3* database, sqlite3_stmt* statement, std::span<const Argument> arguments, Copy copy
  )
      : database_(database), statement_(statement) {
    int index = 0;
    for (const Argument& argument : arguments) bind(database, statement, ++index, argument, copy);
  }
  SqliteCursor(const SqliteCursor&) = delete;
  SqliteCursor& operator=(const SqliteCursor&) = delete;
  ~SqliteCursor() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  bool next() override {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) raise(database_);
    return false;
  }
  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  std::string_view text(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return length == 0 ? std::string_view()
                       : std::string_view(static_cast<const char*>(bytes), length);
  }
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

}  // namespace

SqliteDatabase::SqliteDatabase(const std::string& path, Access access) {
  const bool writes = access == Access::read_write;
  if (writes && path != ":memory:") make_private_file(path);
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (result != SQLITE_OK) raise(result, path + ": " + sqlite3_errstr(result));
  sqlite3_busy_timeout(opened, 5000);
  if (!writes) return;
  execute_script(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;"
      "PRAGMA temp_store=MEMORY"
  );
  sqlite3_wal_hook(opened, &SqliteDatabase::on_commit, this);
}

SqliteDatabase::~SqliteDatabase() {
  statements_.clear();
}

int SqliteDatabase::close(sqlite3* database) {
  return sqlite3_close_v2(database);
}
int SqliteDatabase::finalize(sqlite3_stmt* statement) {
  return sqlite3_finalize(statement);
}
int SqliteDatabase::on_commit(void* self, sqlite3*, const char*, int frames) {
  static_cast<SqliteDatabase*>(self)->wal_frames_ = frames;
  return SQLITE_OK;
}

sqlite3_stmt* SqliteDatabase::prepare(std::string_view sql) {
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

void SqliteDatabase::execute(std::string_view sql, std::span<const Argument> arguments) {
  // The arguments outlive the execution, so that texts need not be copied.
  SqliteCursor cursor(database_.get(), prepare(sql), arguments, Copy::no);
  while (cursor.next()) {
  }
}

std::unique_ptr<sql::Cursor> SqliteDatabase::select(
    std::string_view sql, std::span<const Argument> arguments
) {
  return std::make_unique<SqliteCursor>(database_.get(), prepare(sql), arguments, Copy::yes);
}

void SqliteDatabase::execute_script(const std::string& script) {
  if (sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    raise(database_.get());
}

std::uint64_t SqliteDatabase::changed_rows() {
  return static_cast<std::uint64_t>(sqlite3_changes64(database_.get()));
}

void SqliteDatabase::roll_back() noexcept {
  // SQLite has rolled back by itself when it was out of room or could not write. A roll-back that
  // fails leaves the transaction open: the next `begin` tells.
  if (sqlite3_get_autocommit(database_.get()) == 0)
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteDatabase::tidy() {
  if (wal_frames_ < long_wal) return;
  int frames = 0;
  int done = 0;
  const int result = sqlite3_wal_checkpoint_v2(
      database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &done
  );
  // Busy: a reader (the integrity check, a backup) needs old pages; the next checkpoint gets them.
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) raise(database_.get());
  wal_frames_ = 0;
}

void SqliteDatabase::interrupt_when(const std::atomic<bool>& stop) {
  sqlite3_progress_handler(
      database_.get(), 10'000,
      [](void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; },
      const_cast<std::atomic<bool>*>(&stop)
  );
}

}  // namespace belfry::store::sqlite
