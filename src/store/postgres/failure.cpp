#include "store/postgres/failure.hpp"

#include <libpq-fe.h>

#include <array>

#include "base/text.hpp"

namespace belfry::store::postgres {
namespace {

using sql::Trouble;

std::string field_of(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const std::string_view part : base::split(text, '\n')) {
    const std::string_view trimmed = base::trim(part);
    if (trimmed.empty()) continue;
    if (!line.empty()) line += "; ";
    line += trimmed;
  }
  return line;
}

/// Appendix A of PostgreSQL's documentation. Another session may have made the trouble (a lock, a
/// standby that took over, a time-out of the role's): a new connection is the way to try again.
bool is_over_for_the_session(const Refusal& refusal) {
  constexpr std::array<std::string_view, 7> states = {"57P01", "57P02", "57P03", "57P05",
                                                      "57014", "25006", "55P03"};
  return refusal.state.starts_with("08") || refusal.state.starts_with("40") ||
         std::ranges::find(states, refusal.state) != states.end();
}

/// A value that this database does not take, though we check most of it ourselves.
bool is_about_a_value(const Refusal& refusal) {
  return refusal.state.starts_with("22") || refusal.state.starts_with("54");
}

}  // namespace

Refusal refusal_of(const pg_result* result) {
  return {
      .state = field_of(result, PG_DIAG_SQLSTATE),
      .severity = field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED),
      .message = field_of(result, PG_DIAG_MESSAGE_PRIMARY)
  };
}

void raise(const Refusal& refusal) {
  const std::string text = refusal.message + " (" + refusal.state + ")";
  if (refusal.state.starts_with("23")) throw sql::ConflictError{"it exists already: " + text};
  if (is_about_a_value(refusal)) throw sql::RowError{text};
  if (refusal.state.starts_with("53")) throw sql::DatabaseError{Trouble::full, text};
  const bool over = refusal.severity == "FATAL" || refusal.severity == "PANIC";
  if (over || is_over_for_the_session(refusal)) throw sql::DatabaseError{Trouble::lost, text};
  throw sql::DatabaseError{Trouble::fatal, text};
}

void raise_lost(const std::string& why) {
  throw sql::DatabaseError{Trouble::lost, why};
}

std::string last_words(const pg_conn* connection) {
  const char* text = PQerrorMessage(connection);
  const std::string line = one_line(text == nullptr ? "" : text);
  return line.empty() ? "the connection was closed" : line;
}

}  // namespace belfry::store::postgres
