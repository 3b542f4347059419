#pragma once
#include <memory>
#include <optional>
#include <string>

#include "store/postgres/doorbell.hpp"
#include "store/postgres/pipeline.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::postgres {

/// One session of a PostgreSQL database, and a new one each time it is lost. While it lives no
/// other process writes there (rule R6): it holds the database's lock.
class PostgresDatabase final : public sql::Database {
 public:
  /// Connects, takes the lock, brings the database to our schema.
  /// @return Errc::conflict when another process holds it (it is named) or the schema is newer than
  /// ours, Errc::io when the database cannot be used.
  static base::Result<std::unique_ptr<PostgresDatabase>> open(const std::string& url);
  /// Rings after each commit from now on.
  void set_doorbell(std::unique_ptr<Doorbell> doorbell) { doorbell_ = std::move(doorbell); }

  sql::Dialect dialect() const override { return sql::Dialect::postgres; }
  std::uint64_t changed_rows() override;
  void begin() override { run("BEGIN"); }
  void commit() override;
  void roll_back() noexcept override;
  void settle() override;
  bool recover() override;
  bool is_in_doubt() const override { return commit_under_way_; }

 private:
  PostgresDatabase(std::string url, std::string name);

  void execute(std::string_view sql, std::span<const sql::Argument> arguments) override;
  std::unique_ptr<sql::Cursor> select(
      std::string_view sql, std::span<const sql::Argument> arguments
  ) override;
  base::Result<> connect();
  Pipeline& pipeline();

  const std::string url_;
  const std::string name_;  // of our sessions; no other process has it
  std::optional<Pipeline> pipeline_;
  std::unique_ptr<Doorbell> doorbell_;
  std::uint64_t commits_ = 0;
  bool commit_under_way_ = false;  // the last COMMIT was sent and not answered
};

}  // namespace belfry::store::postgres
