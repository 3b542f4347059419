#include "store/postgres/database.hpp"

#include <endian.h>
#include <libpq-fe.h>

#include <cstring>

#include "store/postgres/schema.hpp"
#include "store/postgres/session_lock.hpp"

namespace belfry::store::postgres {
namespace {

using sql::DatabaseError;
using sql::Trouble;

/// Rows that have all come, in libpq's binary format.
class PostgresCursor final : public sql::Cursor {
 public:
  explicit PostgresCursor(ResultPtr rows) : rows_(std::move(rows)) {}

  bool next() override { return rows_ && ++row_ < PQntuples(rows_.get()); }
  std::int64_t integer(int column) const override {
    const std::string_view bytes = text(column);
    if (bytes.size() == sizeof(std::int64_t)) {
      std::uint64_t value = 0;
      std::memcpy(&value, bytes.data(), sizeof value);
      return static_cast<std::int64_t>(be64toh(value));
    }
    if (bytes.empty()) return 0;  // NULL
    throw sql::RowError{"a column is no bigint"};
  }
  std::string_view text(int column) const override {
    return {
        PQgetvalue(rows_.get(), row_, column),
        static_cast<std::size_t>(PQgetlength(rows_.get(), row_, column))
    };
  }
  bool is_null(int column) const override { return PQgetisnull(rows_.get(), row_, column) != 0; }

 private:
  ResultPtr rows_;
  int row_ = -1;
};

}  // namespace

base::Result<std::unique_ptr<PostgresDatabase>> PostgresDatabase::open(const std::string& url) {
  BELFRY_CHECK(check_url(url));
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(url, make_session_name()));
  try {
    BELFRY_CHECK(database->connect());
  } catch (const DatabaseError& error) {
    return base::fail(base::Errc::io, "cannot open the PostgreSQL database: " + error.message);
  } catch (const sql::ConflictError& error) {
    return base::fail(base::Errc::io, "cannot make the tables: " + error.message);
  }
  return database;
}

PostgresDatabase::PostgresDatabase(std::string url, std::string name)
    : url_(std::move(url)), name_(std::move(name)) {}

base::Result<> PostgresDatabase::connect() {
  pipeline_.reset();
  Connection connection(url_, name_);
  BELFRY_CHECK(take_lock(connection, name_));
  BELFRY_CHECK(migrate(connection));
  pipeline_.emplace(std::move(connection));
  return {};
}

/// The lock is what makes the answer final: the session that sent the COMMIT held it, and lets go
/// of it only once its transaction has come to its end.
bool PostgresDatabase::recover() {
  if (const auto connected = connect(); !connected)
    throw DatabaseError{Trouble::fatal, connected.error().message};
  if (!commit_under_way_) return false;
  sql::Rows rows = query("SELECT last_commit FROM belfry");
  const bool was_written = rows.next() && rows.text(0) == name_ + " " + std::to_string(commits_);
  commit_under_way_ = false;
  if (was_written && doorbell_) doorbell_->ring();
  return was_written;
}

Pipeline& PostgresDatabase::pipeline() {
  if (!pipeline_) raise_lost("the connection is gone");
  return *pipeline_;
}

void PostgresDatabase::execute(std::string_view sql, std::span<const sql::Argument> arguments) {
  pipeline().send(sql, arguments);
}

std::unique_ptr<sql::Cursor> PostgresDatabase::select(
    std::string_view sql, std::span<const sql::Argument> arguments
) {
  pipeline().send(sql, arguments);
  settle();
  return std::make_unique<PostgresCursor>(pipeline_->take_rows());
}

void PostgresDatabase::settle() {
  try {
    pipeline().settle();
  } catch (const DatabaseError& error) {
    if (error.trouble == Trouble::lost) pipeline_.reset();
    throw;
  }
}

std::uint64_t PostgresDatabase::changed_rows() {
  settle();
  return pipeline_->changed_rows();
}

void PostgresDatabase::commit() {
  run("UPDATE belfry SET last_commit = ?", name_ + " " + std::to_string(++commits_));
  run("COMMIT");
  commit_under_way_ = true;
  try {
    settle();
  } catch (const DatabaseError& error) {
    if (error.trouble != Trouble::lost) commit_under_way_ = false;
    throw;
  } catch (...) {
    commit_under_way_ = false;  // refused, and said so
    throw;
  }
  commit_under_way_ = false;
  if (doorbell_) doorbell_->ring();
}

void PostgresDatabase::roll_back() noexcept {
  if (!pipeline_) return;
  try {
    try {
      settle();
    } catch (const sql::ConflictError&) {
    } catch (const sql::RowError&) {
    }
    if (pipeline_->is_in_transaction()) {
      run("ROLLBACK");
      settle();
    }
  } catch (...) {
    // The server rolls back what belongs to a session that ends.
    pipeline_.reset();
  }
}

}  // namespace belfry::store::postgres
