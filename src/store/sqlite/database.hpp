#pragma once
#include <atomic>
#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"
#include "base/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// SQLite as the tables use it. Exceptions of this folder end in `writer.cpp`, where they become
/// values.
namespace belfry::store::sqlite {

/// What SQLite refused. `code` is its extended result code.
struct SqliteError {
  int code = 0;
  std::string message;
};
/// A value that the store does not keep, or that it cannot read back.
struct RowError {
  std::string message;
};
/// A `call::DocumentCondition` that does not hold.
struct ConditionError {
  std::string message;
};

/// The rows of a running query; ends it when destroyed. One query of the same text at a time.
class Rows {
 public:
  Rows(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  /// Moves to the next row, at first to the first.
  bool next();
  std::int64_t integer(int column) const;
  /// Valid until `next()`.
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string(text(column)); }
  bool is_null(int column) const;
  base::WallTime time(int column) const { return base::from_unix_micros(integer(column)); }
  std::optional<base::WallTime> optional_time(int column) const {
    if (is_null(column)) return std::nullopt;
    return time(column);
  }

 private:
  friend class Database;
  enum class Copy { no, yes };
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value, Copy copy);
  void bind_null(int index);

  template <Copy copy, class T>
  void bind_one(int index, const T& value) {
    if constexpr (std::integral<T>)
      bind(index, static_cast<std::int64_t>(value));
    else if constexpr (std::same_as<T, base::WallTime>)
      bind(index, base::to_unix_micros(value));
    else if constexpr (std::same_as<T, std::optional<base::WallTime>>)
      value ? bind(index, base::to_unix_micros(*value)) : bind_null(index);
    else
      bind(index, std::string_view(value), copy);
  }

  sqlite3* database_;
  sqlite3_stmt* statement_;
};

/// One connection with its cache of prepared statements. One thread at a time.
class Database {
 public:
  enum class Access { read_write, read_only };

  /// `path` may be `:memory:`. The file is made with mode 0600; WAL and `synchronous=FULL` (rule
  /// R1), checkpoints only by `checkpoint()`, because SQLite's automatic ones hide a failed fsync
  /// (rule R2). @throws SqliteError
  Database(const std::string& path, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Executes one statement; arguments are integers, texts, times and optional times, in the order
  /// of the `?`.
  template <class... Values>
  void run(std::string_view sql, const Values&... values) {
    Rows rows(database_.get(), prepare(sql));
    int index = 0;
    // The arguments outlive the execution, so that texts need not be copied.
    (rows.bind_one<Rows::Copy::no>(++index, values), ...);
    while (rows.next()) {
    }
  }
  template <class... Values>
  Rows query(std::string_view sql, const Values&... values) {
    sqlite3_stmt* statement = prepare(sql);
    int index = 0;
    Rows binder(database_.get(), statement);
    (binder.bind_one<Rows::Copy::yes>(++index, values), ...);
    binder.statement_ = nullptr;
    return {database_.get(), statement};
  }
  /// The same for texts only, as many as there are `?`.
  Rows query_with(std::string_view sql, const std::vector<std::string>& values);
  /// Several statements without arguments.
  void execute(const std::string& script);

  std::uint64_t changed_rows() const;
  bool in_transaction() const;
  /// Frames in the WAL after the last commit.
  int wal_frames() const { return wal_frames_; }
  void checkpoint();
  /// Long queries end with SQLITE_INTERRUPT once `stop` is true; it outlives the connection.
  void interrupt_when(const std::atomic<bool>& stop);

 private:
  sqlite3_stmt* prepare(std::string_view sql);
  static int close(sqlite3* database);
  static int finalize(sqlite3_stmt* statement);
  static int on_commit(void* self, sqlite3*, const char*, int frames);

  base::Handle<sqlite3, &Database::close> database_;
  std::map<std::string, base::Handle<sqlite3_stmt, &Database::finalize>, std::less<>> statements_;
  int wal_frames_ = 0;
};

/// What a failure means to the store.
enum class Trouble {
  conflict,  // a constraint: this change only
  full,      // no room: try again later
  fatal      // the file cannot be trusted any more
};
Trouble classify(const SqliteError& error);

}  // namespace belfry::store::sqlite
