#include <algorithm>
#include <array>

#include "store/sql/tables.hpp"

namespace belfry::store::sql {
namespace {

using call::CallFigures;

constexpr std::int64_t quarter = std::chrono::microseconds(call::figures_step).count();
/// Most zones' hours and days begin with an hour of UTC: of these there are fewer rows to add up.
constexpr std::int64_t hour = std::chrono::microseconds(std::chrono::hours(1)).count();
constexpr std::size_t longest_name = 200;  // no figure is worth a call that cannot be stored

/// PostgreSQL's sums are of a wider type, which no row of ours has.
constexpr std::string_view sums =
    "CAST(sum(calls) AS BIGINT), CAST(sum(answered) AS BIGINT), CAST(sum(seconds) AS BIGINT), "
    "CAST(sum(minutes) AS BIGINT), CAST(sum(paid_calls) AS BIGINT), "
    "CAST(sum(paid_minutes) AS BIGINT)";

/// `sums` from column `first` on.
CallFigures read_figures(const Rows& rows, int first) {
  return {
      .calls = rows.integer(first),
      .answered = rows.integer(first + 1),
      .seconds = rows.integer(first + 2),
      .minutes = rows.integer(first + 3),
      .paid_calls = rows.integer(first + 4),
      .paid_minutes = rows.integer(first + 5)
  };
}

/// `keys`: of the row, with a trailing comma. The leg's own row tells whether it has been counted.
std::string count_statement(
    const std::string& table, std::string_view keys, std::string_view marks
) {
  std::string sql = "INSERT INTO " + table + " (" + std::string(keys) +
                    " calls, answered, seconds, minutes, paid_calls, paid_minutes) SELECT " +
                    std::string(marks) +
                    " ?, ?, ?, ?, ?, ? WHERE NOT EXISTS "
                    "(SELECT 1 FROM legs WHERE sid = ? AND live = 0) ON CONFLICT (" +
                    std::string(keys.substr(0, keys.size() - 1)) + ") DO UPDATE SET ";
  constexpr std::array<std::string_view, 6> columns = {"calls",   "answered",   "seconds",
                                                       "minutes", "paid_calls", "paid_minutes"};
  std::string_view comma;
  for (const std::string_view column : columns) {
    sql.append(comma).append(column).append(" = ").append(table).append(".").append(column);
    sql.append(" + excluded.").append(column);
    comma = ", ";
  }
  return sql;
}

/// What all of the query's figures are of.
struct Conditions {
  std::string sql = " WHERE at >= ? AND at < ?";
  std::vector<Argument> arguments;

  Conditions(const call::CallFiguresQuery& query, base::WallTime from, base::WallTime until) {
    arguments.emplace_back(from);
    arguments.emplace_back(until);
    add("application", query.application);
    add("group_key", query.group);
  }

 private:
  void add(std::string_view column, const std::string& value) {
    if (value.empty()) return;
    sql.append(" AND ").append(column).append(" = ?");
    arguments.emplace_back(value);
  }
};

bool is_hour(base::WallTime time) {
  return base::to_unix_micros(time) % hour == 0;
}

/// Spans of one length: between these changes of the clock one statement adds up all of them.
void add_up(
    Database& database, const call::CallFiguresQuery& query, std::size_t first, std::size_t last,
    call::CallAnalysis& analysis
) {
  Conditions conditions(query, query.borders[first], query.borders[last]);
  const bool by_group = !query.group.empty();
  if (!by_group) {
    const bool by_hour = std::all_of(
        query.borders.begin() + static_cast<std::ptrdiff_t>(first),
        query.borders.begin() + static_cast<std::ptrdiff_t>(last) + 1, is_hour
    );
    conditions.sql += " AND step = ?";
    conditions.arguments.emplace_back(by_hour ? hour : quarter);
  }
  std::vector<Argument> arguments;
  arguments.emplace_back(query.borders[first]);
  arguments.emplace_back((query.borders[first + 1] - query.borders[first]).count());
  for (const Argument& each : conditions.arguments) arguments.push_back(each);
  Rows rows = database.query_with(
      "SELECT (at - ?) / ?, application, " + std::string(sums) + " FROM " +
          (by_group ? "group_figures" : "application_figures") + conditions.sql + " GROUP BY 1, 2",
      arguments
  );
  while (rows.next())
    analysis.spans[first + static_cast<std::size_t>(rows.integer(0))][rows.string(1)] =
        read_figures(rows, 2);
}

std::vector<call::CallAnalysis::Group> find_groups(
    Database& database, const call::CallFiguresQuery& query
) {
  Conditions conditions(query, query.borders.front(), query.borders.back());
  conditions.arguments.emplace_back(row_count(query.most_groups));
  Rows rows = database.query_with(
      "SELECT application, group_key, " + std::string(sums) + " FROM group_figures" +
          conditions.sql +
          " GROUP BY application, group_key ORDER BY 3 DESC, application, group_key LIMIT ?",
      conditions.arguments
  );
  std::vector<call::CallAnalysis::Group> groups;
  while (rows.next()) groups.push_back({rows.string(0), rows.string(1), read_figures(rows, 2)});
  return groups;
}

}  // namespace

void count_leg(Database& database, const call::LegRecord& leg) {
  static const std::string of_application =
      count_statement("application_figures", "step, at, application,", "?, ?, ?,");
  static const std::string of_group =
      count_statement("group_figures", "application, group_key, at,", "?, ?, ?,");
  const CallFigures figures = call::figures_of(leg);
  const std::int64_t created = base::to_unix_micros(leg.created);
  const std::string_view application = std::string_view(leg.application).substr(0, longest_name);
  const auto count = [&](const std::string& sql, const auto&... keys) {
    database.run(
        sql, keys..., figures.calls, figures.answered, figures.seconds, figures.minutes,
        figures.paid_calls, figures.paid_minutes, leg.sid
    );
  };
  for (const std::int64_t step : {quarter, hour})
    count(of_application, step, created - created % step, application);
  const std::string group = call::group_of(leg).substr(0, longest_name);
  if (!group.empty()) count(of_group, application, group, created - created % quarter);
}

call::CallAnalysis analyse_calls(Database& database, const call::CallFiguresQuery& query) {
  call::CallAnalysis analysis;
  analysis.spans.resize(query.borders.size() - 1);
  const auto length = [&](std::size_t span) {
    return query.borders[span + 1] - query.borders[span];
  };
  for (std::size_t first = 0; first < analysis.spans.size();) {
    std::size_t last = first + 1;
    while (last < analysis.spans.size() && length(last) == length(first)) ++last;
    add_up(database, query, first, last, analysis);
    first = last;
  }
  analysis.groups = find_groups(database, query);
  return analysis;
}

void purge_figures(Database& database, base::WallTime before) {
  database.run("DELETE FROM application_figures WHERE at + step <= ?", before);
  database.run("DELETE FROM group_figures WHERE at + ? <= ?", quarter, before);
}

}  // namespace belfry::store::sql
