#pragma once
#include <atomic>
#include <map>
#include <string>
#include <string_view>

#include "base/handle.hpp"
#include "store/sql/database.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace belfry::store::sqlite {

/// One connection to a SQLite file.
class SqliteDatabase final : public sql::Database {
 public:
  enum class Access { read_write, read_only };

  /// `path` may be `:memory:`. The file is made with mode 0600; WAL and `synchronous=FULL` (rule
  /// R1), checkpoints only by `tidy()`, because SQLite's automatic ones hide a failed fsync (rule
  /// R2). @throws sql::DatabaseError
  SqliteDatabase(const std::string& path, Access access);
  ~SqliteDatabase() override;

  sql::Dialect dialect() const override { return sql::Dialect::sqlite; }
  std::uint64_t changed_rows() override;
  void begin() override { run("BEGIN IMMEDIATE"); }
  void commit() override { run("COMMIT"); }
  void roll_back() noexcept override;
  /// Copies a log that has become long into the file.
  void tidy() override;

  /// Several statements without arguments.
  void execute_script(const std::string& script);
  /// Long queries end with an error once `stop` is true; it outlives the connection.
  void interrupt_when(const std::atomic<bool>& stop);

 private:
  void execute(std::string_view sql, std::span<const sql::Argument> arguments) override;
  std::unique_ptr<sql::Cursor> select(
      std::string_view sql, std::span<const sql::Argument> arguments
  ) override;
  sqlite3_stmt* prepare(std::string_view sql);
  static int close(sqlite3* database);
  static int finalize(sqlite3_stmt* statement);
  static int on_commit(void* self, sqlite3*, const char*, int frames);

  base::Handle<sqlite3, &SqliteDatabase::close> database_;
  std::map<std::string, base::Handle<sqlite3_stmt, &SqliteDatabase::finalize>, std::less<>>
      statements_;
  int wal_frames_ = 0;  // in the WAL after the last commit
};

}  // namespace belfry::store::sqlite
