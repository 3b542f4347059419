#include "store/postgres/pipeline.hpp"

#include <endian.h>
#include <libpq-fe.h>

#include <cstdlib>

#include "store/postgres/placeholders.hpp"

namespace belfry::store::postgres {
namespace {

using sql::Argument;

/// More are sent with their text each time: what a query asks for makes its text, and nobody shall
/// fill the server's memory with combinations.
constexpr std::size_t most_statements = 300;

unsigned type_of(const Argument& argument) {
  constexpr unsigned bytea = 17;
  constexpr unsigned int8 = 20;
  constexpr unsigned text = 25;
  switch (argument.kind()) {
    case Argument::Kind::integer:
      return int8;
    case Argument::Kind::text:
      return text;
    case Argument::Kind::bytes:
      return bytea;
  }
  return text;
}

}  // namespace

Pipeline::Pipeline(Connection connection) : connection_(std::move(connection)) {
  if (PQenterPipelineMode(connection_.get()) == 0) raise_lost(last_words(connection_.get()));
}

bool Pipeline::is_in_transaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

/// All in binary: a length goes with each, and no number becomes text.
void Pipeline::put(std::span<const Argument> arguments) {
  constexpr int binary = 1;
  integers_.assign(arguments.size(), 0);
  values_.assign(arguments.size(), nullptr);
  lengths_.assign(arguments.size(), 0);
  formats_.assign(arguments.size(), binary);
  types_.assign(arguments.size(), 0);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& argument = arguments[i];
    types_[i] = type_of(argument);
    if (argument.is_null()) continue;
    if (argument.kind() == Argument::Kind::integer) {
      integers_[i] =
          static_cast<std::int64_t>(htobe64(static_cast<std::uint64_t>(argument.integer())));
      values_[i] = reinterpret_cast<const char*>(&integers_[i]);
      lengths_[i] = sizeof integers_[i];
    } else {
      const std::string_view text = argument.text();
      values_[i] = text.data() == nullptr ? "" : text.data();
      lengths_[i] = static_cast<int>(text.size());
    }
  }
}

void Pipeline::prepare(Statement& statement, std::span<const Argument> arguments) {
  const int sent = PQsendPrepare(
      connection_.get(), statement.name.c_str(), statement.sql.c_str(),
      static_cast<int>(arguments.size()), types_.data()
  );
  if (sent == 0) raise_lost(last_words(connection_.get()));
  statement.is_prepared = true;
  sent_.push_back({.preparing = &statement});
}

void Pipeline::send(std::string_view sql, std::span<const Argument> arguments) {
  put(arguments);
  const int count = static_cast<int>(arguments.size());
  auto found = statements_.find(sql);
  int sent = 0;
  if (found == statements_.end() && statements_.size() >= most_statements) {
    sent = PQsendQueryParams(
        connection_.get(), number_placeholders(sql).c_str(), count, types_.data(), values_.data(),
        lengths_.data(), formats_.data(), 1
    );
  } else {
    if (found == statements_.end()) {
      Statement statement{
          .name = "s" + std::to_string(statements_.size()), .sql = number_placeholders(sql)
      };
      found = statements_.emplace(sql, std::move(statement)).first;
    }
    if (!found->second.is_prepared) prepare(found->second, arguments);
    sent = PQsendQueryPrepared(
        connection_.get(), found->second.name.c_str(), count, values_.data(), lengths_.data(),
        formats_.data(), 1
    );
  }
  if (sent == 0) raise_lost(last_words(connection_.get()));
  sent_.push_back({});
}

void Pipeline::settle() {
  if (sent_.empty()) return;
  if (PQpipelineSync(connection_.get()) == 0) raise_lost(last_words(connection_.get()));
  std::optional<Refusal> first;
  rows_.reset();
  while (true) {
    connection_.wait_for_result();
    ResultPtr result(PQgetResult(connection_.get()));
    if (PQstatus(connection_.get()) == CONNECTION_BAD) raise_lost(last_words(connection_.get()));
    if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) break;
    if (sent_.empty()) raise_lost("the server's answers are out of step");
    if (result)
      take(sent_.front(), std::move(result), first);
    else
      sent_.pop_front();
  }
  sent_.clear();
  if (first) raise(*first);
}

void Pipeline::take(const Sent& sent, ResultPtr result, std::optional<Refusal>& first) {
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
      if (sent.preparing == nullptr)
        changed_rows_ = std::strtoull(PQcmdTuples(result.get()), nullptr, 10);
      return;
    case PGRES_TUPLES_OK:
      rows_ = std::move(result);
      return;
    default:
      if (sent.preparing != nullptr) sent.preparing->is_prepared = false;
      if (!first && PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED)
        first = refusal_of(result.get());
  }
}

}  // namespace belfry::store::postgres
