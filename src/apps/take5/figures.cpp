#include "apps/take5/figures.hpp"

#include <algorithm>
#include <cmath>

namespace belfry::apps::take5 {
namespace {

using base::json::array;
using base::json::object;

constexpr const char* metric_namespace = "Take5/Calls";
constexpr std::string_view calls_created = "CallCreated";

call::MetricId by_group(std::string_view name, std::int64_t group) {
  return {metric_namespace, std::string(name), {{"GroupId", std::to_string(group)}}};
}

std::int64_t whole(double count) {
  return std::llround(count);
}

}  // namespace

void Figures::count(std::string_view name, std::int64_t group, std::string id) {
  call::MetricBatch batch;
  batch.id = std::move(id);
  batch.account_sid = settings_.account_sid;
  const base::WallTime now = loop_.wall_now();
  const std::pair<std::string, std::string> environment{"Environment", settings_.environment};
  call::MetricId alone = by_group(name, group);
  call::MetricId both = alone;
  both.dimensions.insert(both.dimensions.begin(), environment);
  call::MetricId all{metric_namespace, std::string(name), {environment}};
  for (call::MetricId* metric : {&all, &alone, &both})
    batch.data.push_back({std::move(*metric), "Count", now, call::StatisticSet(1)});
  metrics_.put_later(std::move(batch));
}

base::Task<base::Result<object>> Figures::analytics(std::int64_t group, Period period) {
  // What was counted a moment ago is stored first: batches are written one after the other.
  call::MetricBatch nothing;
  nothing.account_sid = settings_.account_sid;
  const auto up_to_date = co_await metrics_.put(std::move(nothing));
  if (!up_to_date) co_return base::fail(up_to_date.error());
  call::MetricStore::Range range;
  range.account_sid = settings_.account_sid;
  range.metric = by_group(calls_created, group);
  range.unit = "Count";
  range.from = period.start;
  range.until = period.end;
  range.period = std::chrono::days(1);
  auto points = co_await metrics_.statistics(std::move(range));
  if (!points) co_return base::fail(std::move(points.error()));
  array metrics;
  double total = 0;
  double averages = 0;
  double most = 0;
  for (const call::MetricPoint& point : *points) {
    total += point.statistics.sum;
    averages += point.statistics.average();
    most = std::max(most, point.statistics.maximum);
    metrics.push_back(object{
        {"Timestamp", base::to_rfc3339(point.at)},
        {"Sum", whole(point.statistics.sum)},
        {"Average", point.statistics.average()},
        {"Maximum", whole(point.statistics.maximum)},
        {"Unit", point.unit},
    });
  }
  const double average = points->empty() ? 0 : averages / static_cast<double>(points->size());
  co_return object{
      {"groupId", group},
      {"period", {{"start", base::to_rfc3339(period.start)}, {"end", base::to_rfc3339(period.end)}}
      },
      {"metrics", std::move(metrics)},
      {"summary",
       {{"totalCalls", whole(total)}, {"averageCalls", average}, {"maxCalls", whole(most)}}},
  };
}

}  // namespace belfry::apps::take5
