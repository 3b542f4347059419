#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/argument.hpp"

/// A SQL database as the tables use it; `sqlite/` and `postgres/` are the drivers. Exceptions of
/// these folders end in `writer.cpp`, where they become values.
namespace belfry::store::sql {

/// What a failure of the database means to the store.
enum class Trouble {
  full,  // no room: try again later
  lost,  // the connection is gone: `Database::recover` makes a new one
  fatal  // what it holds cannot be trusted any more
};
struct DatabaseError {
  Trouble trouble = Trouble::fatal;
  std::string message;
};

/// The database refuses this change only: a constraint, or a `call::DocumentCondition` that does
/// not hold.
struct ConflictError {
  std::string message;
};
/// A value that the store does not keep, or that it cannot read back.
struct RowError {
  std::string message;
};

/// What an index holds: PostgreSQL's take no more, and both drivers keep the same rows.
/// @throws RowError
inline const std::string& indexed(const std::string& text) {
  if (text.size() > 2000) throw RowError{"a key of more than 2,000 bytes"};
  return text;
}

/// What the two do not say in the same words.
enum class Dialect { sqlite, postgres };

/// The rows of a running query, as a driver gives them. Columns count from 0.
class Cursor {
 public:
  virtual ~Cursor() = default;
  /// Moves to the next row, at first to the first.
  virtual bool next() = 0;
  virtual std::int64_t integer(int column) const = 0;
  /// Valid until `next()`.
  virtual std::string_view text(int column) const = 0;
  virtual bool is_null(int column) const = 0;
};

/// The rows of a running query; ends it when destroyed. One query of the same text at a time.
class Rows {
 public:
  explicit Rows(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  bool next() { return cursor_->next(); }
  std::int64_t integer(int column) const { return cursor_->integer(column); }
  std::string_view text(int column) const { return cursor_->text(column); }
  std::string string(int column) const { return std::string(text(column)); }
  bool is_null(int column) const { return cursor_->is_null(column); }
  base::WallTime time(int column) const { return base::from_unix_micros(integer(column)); }
  std::optional<base::WallTime> optional_time(int column) const {
    if (is_null(column)) return std::nullopt;
    return time(column);
  }

 private:
  std::unique_ptr<Cursor> cursor_;
};

/// One connection with its cache of prepared statements. One thread at a time. Everything throws
/// DatabaseError and ConflictError.
class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  /// Executes one statement with a `?` for each argument (see `Argument`). A driver may only send
  /// it: what it met then comes out of a later call, `settle` at the latest.
  template <class... Values>
  void run(std::string_view sql, Values&&... values) {
    const std::array<Argument, sizeof...(Values)> arguments{Argument(std::forward<Values>(values)
    )...};
    execute(sql, arguments);
  }
  template <class... Values>
  Rows query(std::string_view sql, Values&&... values) {
    const std::array<Argument, sizeof...(Values)> arguments{Argument(std::forward<Values>(values)
    )...};
    return Rows(select(sql, arguments));
  }
  Rows query_with(std::string_view sql, const std::vector<Argument>& arguments) {
    return Rows(select(sql, arguments));
  }

  virtual Dialect dialect() const = 0;
  /// By the last `run`.
  virtual std::uint64_t changed_rows() = 0;

  virtual void begin() = 0;
  /// After it what was run since `begin` is on disk (rule R1).
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;
  /// Waits for what was sent.
  virtual void settle() {}

  /// After `Trouble::lost`. @return whether the commit that was under way then has been written
  /// after all. @throws DatabaseError when it is still lost.
  virtual bool recover() { return false; }
  /// Between `Trouble::lost` and `recover`: whether only `recover` can tell what became of the last
  /// commit.
  virtual bool is_in_doubt() const { return false; }

  /// What a driver does now and then between two transactions.
  virtual void tidy() {}

 private:
  virtual void execute(std::string_view sql, std::span<const Argument> arguments) = 0;
  virtual std::unique_ptr<Cursor> select(
      std::string_view sql, std::span<const Argument> arguments
  ) = 0;
};

}  // namespace belfry::store::sql
