#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres/failure.hpp"
#include "store/sql/argument.hpp"

namespace belfry::store::postgres {

/// Prepared statements, sent one after the other without waiting for their answers (libpq's
/// pipeline mode). After one that fails the server skips all up to `settle`.
class Pipeline {
 public:
  /// The connection is used for nothing else from now on.
  explicit Pipeline(Connection connection);

  void send(std::string_view sql, std::span<const sql::Argument> arguments);
  /// Waits for all answers. @throws what the first failure means; then what was sent after it has
  /// not happened.
  void settle();
  /// The rows of the last statement; there when it gave some and `settle` has returned.
  ResultPtr take_rows() { return std::move(rows_); }
  /// By the last statement; after `settle`.
  std::uint64_t changed_rows() const { return changed_rows_; }
  bool is_in_transaction() const;

 private:
  struct Statement {
    std::string name;
    std::string sql;
    bool is_prepared = false;
  };
  struct Sent {
    Statement* preparing = nullptr;  // nullptr: it was executed
  };

  void prepare(Statement& statement, std::span<const sql::Argument> arguments);
  void put(std::span<const sql::Argument> arguments);
  void take(const Sent& sent, ResultPtr result, std::optional<Refusal>& first);

  Connection connection_;
  std::map<std::string, Statement, std::less<>> statements_;
  std::deque<Sent> sent_;
  ResultPtr rows_;
  std::uint64_t changed_rows_ = 0;

  // Of the statement that is being sent.
  std::vector<std::int64_t> integers_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<unsigned> types_;
};

}  // namespace belfry::store::postgres
