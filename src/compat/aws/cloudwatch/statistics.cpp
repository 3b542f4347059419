#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "compat/aws/cloudwatch/cloudwatch.hpp"
#include "compat/aws/cloudwatch/metric_data.hpp"

namespace belfry::compat::aws::cloudwatch {
namespace {

constexpr std::int64_t max_points = 1440;
constexpr std::size_t max_queries = 500;
constexpr std::size_t max_data_points = 100'800;

using Range = call::MetricStore::Range;

/// `Period`, of sixty seconds or less than that.
std::expected<std::chrono::seconds, Failure> read_period(const Input& input) {
  const auto period = input.number("Period");
  if (!period) return std::unexpected(missing("Period"));
  const bool whole = *period == std::floor(*period) && *period >= 1 && *period <= 86'400 * 365;
  const auto seconds = whole ? static_cast<std::int64_t>(*period) : 0;
  const bool fine = seconds == 1 || seconds == 5 || seconds == 10 || seconds == 30;
  if (!fine && (seconds == 0 || seconds % 60 != 0))
    return std::unexpected(
        invalid_value("The parameter Period must be 1, 5, 10, 30 or a multiple of 60 seconds.")
    );
  return std::chrono::seconds(seconds);
}

/// `StartTime` and `EndTime`; the first period begins with a minute, or with a shorter period.
std::expected<void, Failure> read_times(const Input& input, Range& range) {
  const auto from = input.time("StartTime");
  const auto until = input.time("EndTime");
  if (!from) return std::unexpected(missing("StartTime"));
  if (!until) return std::unexpected(missing("EndTime"));
  if (*from >= *until)
    return std::unexpected(
        invalid_value("The parameter StartTime must be less than the parameter EndTime.")
    );
  const auto unit = std::min(range.period, std::chrono::seconds(60));
  const auto since_epoch = std::chrono::floor<std::chrono::seconds>(*from).time_since_epoch();
  range.from = base::WallTime(since_epoch - since_epoch % unit);
  range.until = *until;
  return {};
}

std::expected<void, Failure> check_statistics(
    const std::vector<std::string>& plain, const std::vector<std::string>& extended
) {
  if (plain.empty() && extended.empty())
    return std::unexpected(missing("Statistics or ExtendedStatistics"));
  if (!std::ranges::all_of(plain, is_statistic))
    return std::unexpected(invalid_value("The parameter Statistics names one that there is not."));
  if (!std::ranges::all_of(extended, is_percentile))
    return std::unexpected(
        invalid_value("The parameter ExtendedStatistics must be percentiles, p0 to p100.")
    );
  return {};
}

base::json::object render_point(
    const call::MetricPoint& point, const std::vector<std::string>& plain,
    const std::vector<std::string>& extended
) {
  base::json::object shown{{"Timestamp", timestamp(point.at)}};
  for (const std::string& name : plain) shown[name] = *statistic_of(point.statistics, name);
  shown["Unit"] = point.unit;
  base::json::object percentiles;
  for (const std::string& name : extended)
    if (const auto value = statistic_of(point.statistics, name)) percentiles[name] = *value;
  if (!percentiles.empty()) shown["ExtendedStatistics"] = map_of(std::move(percentiles));
  return shown;
}

/// One of `MetricDataQueries`.
struct DataQuery {
  std::string id;
  std::string label;
  std::string statistic;
  bool shown = true;
  Range range;
};

std::expected<DataQuery, Failure> read_data_query(const Input& input, const Call& call) {
  constexpr std::string_view validation = "ValidationError";
  DataQuery query;
  query.id = input.text("Id");
  if (query.id.empty() || query.id[0] < 'a' || query.id[0] > 'z')
    return std::unexpected(Failure{
        400, std::string(validation),
        "The value '" + query.id + "' for Id must begin with a lower-case letter",
        "InvalidParameterValueException"
    });
  if (!input.has("MetricStat"))
    return std::unexpected(Failure{
        400, std::string(validation),
        "Expressions are not evaluated here: a query needs MetricStat",
        "InvalidParameterValueException"
    });
  const base::json::object stat_members = input.object("MetricStat");
  const Input stat(stat_members);
  const base::json::object metric_members = stat.object("Metric");
  auto metric = read_metric(Input(metric_members));
  if (!metric) return std::unexpected(metric.error());
  const auto period = read_period(stat);
  if (!period) return std::unexpected(period.error());
  query.statistic = stat.text("Stat");
  if (!is_statistic(query.statistic) && !is_percentile(query.statistic))
    return std::unexpected(invalid_value("The value for parameter Stat is not supported."));
  query.label = input.has("Label") ? input.text("Label") : metric->name;
  query.shown = input.flag("ReturnData").value_or(true);
  query.range = {call.account_sid, std::move(*metric), stat.text("Unit")};
  query.range.period = *period;
  if (const auto read = read_times(call.input(), query.range); !read)
    return std::unexpected(read.error());
  return query;
}

/// What is left of a page.
struct Window {
  std::size_t skip = 0;
  std::size_t room = max_data_points;
};

base::json::object render_result(
    const DataQuery& query, std::vector<call::MetricPoint> points, bool ascending, Window& window
) {
  if (!ascending) std::ranges::reverse(points);
  base::json::array times;
  base::json::array values;
  bool cut = false;
  for (const call::MetricPoint& point : points) {
    const auto value = statistic_of(point.statistics, query.statistic);
    if (!value) continue;
    if (window.skip > 0) {
      --window.skip;
      continue;
    }
    cut = window.room == 0;
    if (cut) break;
    --window.room;
    times.push_back(timestamp(point.at));
    values.emplace_back(*value);
  }
  return {
      {"Id", query.id},
      {"Label", query.label},
      {"Timestamps", std::move(times)},
      {"Values", std::move(values)},
      {"StatusCode", cut ? "PartialData" : "Complete"},
  };
}

}  // namespace

base::Task<Answer> CloudWatch::get_metric_statistics(Call call) {
  const Input input = call.input();
  Range range{call.account_sid, {}, input.text("Unit")};
  if (input.text("Namespace").empty()) co_return std::unexpected(missing("Namespace"));
  auto metric = read_metric(input);
  if (!metric) co_return std::unexpected(metric.error());
  range.metric = std::move(*metric);
  const auto period = read_period(input);
  if (!period) co_return std::unexpected(period.error());
  range.period = *period;
  if (const auto read = read_times(input, range); !read) co_return std::unexpected(read.error());
  const auto plain = input.texts("Statistics");
  const auto extended = input.texts("ExtendedStatistics");
  if (const auto right = check_statistics(plain, extended); !right)
    co_return std::unexpected(right.error());
  const std::int64_t asked = (range.until - range.from) / range.period;
  if (asked > max_points)
    co_return std::unexpected(invalid_combination(
        "You have requested up to " + std::to_string(asked) +
        " datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by "
        "increasing Period, or decreasing the time range."
    ));
  const std::string label = range.metric.name;
  const auto points = co_await metrics_.statistics(std::move(range));
  if (!points) co_return std::unexpected(store_failed(points.error()));
  base::json::array shown;
  for (const call::MetricPoint& point : *points)
    shown.emplace_back(render_point(point, plain, extended));
  co_return Answer(base::json::object{{"Label", label}, {"Datapoints", std::move(shown)}});
}

base::Task<Answer> CloudWatch::get_metric_data(Call call) {
  const Input input = call.input();
  const auto given = input.objects("MetricDataQueries");
  if (given.empty()) co_return std::unexpected(missing("MetricDataQueries"));
  if (given.size() > max_queries)
    co_return std::unexpected(invalid_value("At most 500 queries can be asked at once."));
  const bool ascending = input.text("ScanBy") == "TimestampAscending";
  Window window;
  window.room = static_cast<std::size_t>(std::clamp(
      input.number("MaxDatapoints").value_or(max_data_points), 1.0, double{max_data_points}
  ));
  const auto token = base::parse_unsigned(input.text("NextToken"));
  if (input.has("NextToken") && !token)
    co_return std::unexpected(
        Failure{400, "InvalidNextToken", "The NextToken is not one of ours", "InvalidNextToken"}
    );
  window.skip = token.value_or(0);
  const std::size_t next = window.skip + window.room;
  bool partial = false;
  base::json::array results;
  for (const base::json::object& each : given) {
    auto query = read_data_query(Input(each), call);
    if (!query) co_return std::unexpected(query.error());
    if (!query->shown) continue;
    Range range = query->range;
    auto points = co_await metrics_.statistics(std::move(range));
    if (!points) co_return std::unexpected(store_failed(points.error()));
    base::json::object result = render_result(*query, std::move(*points), ascending, window);
    partial |= result["StatusCode"] == "PartialData";
    results.emplace_back(std::move(result));
  }
  base::json::object answer{{"MetricDataResults", std::move(results)}};
  answer["Messages"].emplace_array();
  if (partial) answer["NextToken"] = std::to_string(next);
  co_return answer;
}

}  // namespace belfry::compat::aws::cloudwatch
