#include <algorithm>

#include "call/json_members.hpp"
#include "call/metric_store.hpp"

/// Reading measurements, and what becomes of old ones.
namespace belfry::call {
namespace {

using base::fail;
using base::Task;
using std::chrono::days;

constexpr std::size_t page = 500;
constexpr days listed_for{14};
constexpr days kept_for{455};
constexpr days batches_kept_for{2};
constexpr std::int64_t seconds_a_day = 86'400;

std::int64_t unix_seconds(base::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

MetricId read_metric(const base::json::object& value) {
  MetricId metric{text_member(value, "namespace"), text_member(value, "name")};
  const auto* dimensions = base::json::find(value, "dimensions");
  if (dimensions == nullptr || !dimensions->is_array()) return metric;
  for (const auto& each : dimensions->as_array()) {
    const auto& pair = each.as_array();
    metric.dimensions.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
  }
  return metric;
}

bool has_dimensions(const MetricId& metric, const MetricStore::ListQuery& query) {
  return std::ranges::all_of(query.dimensions, [&](const auto& wanted) {
    return std::ranges::any_of(metric.dimensions, [&](const auto& each) {
      return each.first == wanted.first && (!wanted.second || *wanted.second == each.second);
    });
  });
}

}  // namespace

Task<base::Result<std::vector<MetricPoint>>> MetricStore::statistics(Range range) {
  const std::int64_t from = unix_seconds(range.from);
  const std::int64_t until = unix_seconds(range.until);
  const std::int64_t period = std::max<std::int64_t>(range.period.count(), 1);
  Points periods;
  std::string after;
  while (true) {
    DocumentQuery query{.collection = std::string(points_collection), .limit = page};
    query.tag = key_of(range.account_sid, range.metric);
    query.created_from = range.from - std::chrono::hours(1);
    query.created_before = range.until;
    query.after_key = after;
    const auto found = co_await journal_.find_documents(std::move(query));
    if (!found) co_return fail(found.error());
    for (const Document& document : *found) {
      Points points;
      read_points(document, points);
      for (const auto& [key, set] : points) {
        const auto& [at, unit] = key;
        if (at < from || at >= until || (!range.unit.empty() && unit != range.unit)) continue;
        periods[{from + (at - from) / period * period, unit}].add(set);
      }
    }
    if (found->size() < page) break;
    after = found->back().key;
  }
  std::vector<MetricPoint> made;
  made.reserve(periods.size());
  for (auto& [key, set] : periods)
    made.push_back({base::WallTime(std::chrono::seconds(key.first)), key.second, std::move(set)});
  co_return made;
}

Task<base::Result<MetricStore::Listed>> MetricStore::list(ListQuery query) {
  const std::int64_t oldest_day = unix_seconds(loop_.wall_now() - listed_for) / seconds_a_day;
  Listed listed;
  std::string after = query.after;
  while (true) {
    DocumentQuery documents{.collection = std::string(names_collection), .tag = query.account_sid};
    documents.limit = page;
    documents.after_key = after;
    if (!query.metric_namespace.empty())
      documents.members.emplace_back("namespace", query.metric_namespace);
    if (!query.name.empty()) documents.members.emplace_back("name", query.name);
    const auto found = co_await journal_.find_documents(std::move(documents));
    if (!found) co_return fail(found.error());
    for (const Document& document : *found) {
      if (listed.metrics.size() == query.limit) {
        listed.next = after;
        co_return listed;
      }
      after = document.key;
      MetricId metric = read_metric(document.value);
      if (number_member(document.value, "day") >= oldest_day && has_dimensions(metric, query))
        listed.metrics.push_back(std::move(metric));
    }
    if (found->size() < page) co_return listed;
  }
}

/// What was stored by `from` seconds is stored by `to` seconds once it is older than `days`.
struct MetricStore::Age {
  int from;
  int to;
  days older_than;
};

Task<base::Result<>> MetricStore::upkeep() {
  static constexpr Age ages[] = {{1, 300, days(15)}, {60, 300, days(15)}, {300, 3600, days(63)}};
  for (const Age& age : ages) {
    Result added = co_await add_up(age);
    if (!added) co_return added;
  }
  has_seen_all_ = true;
  const base::WallTime now = loop_.wall_now();
  Result points = co_await forget(std::string(points_collection), now - kept_for);
  if (!points) co_return points;
  Result names = co_await forget(std::string(names_collection), now - kept_for);
  if (!names) co_return names;
  co_return co_await forget(std::string(batches_collection), now - batches_kept_for);
}

/// Nothing so old is written any more, so the writer's copies need not know.
Task<base::Result<>> MetricStore::add_up(Age age) {
  while (true) {
    DocumentQuery query{.collection = std::string(points_collection), .limit = page};
    query.members = {{"resolution", std::to_string(age.from)}};
    query.created_before = loop_.wall_now() - age.older_than;
    // What is older has been seen to: reading it all each time would take long.
    if (has_seen_all_) query.created_from = *query.created_before - days(2);
    const auto found = co_await journal_.find_documents(std::move(query));
    if (!found) co_return fail(found.error());
    Changes changes;
    for (const Document& document : *found) {
      Points fine;
      Points coarse;
      read_points(document, fine);
      for (const auto& [key, set] : fine)
        coarse[{key.first - key.first % age.to, key.second}].add(set);
      const ChunkKey key{
          document.tag, unix_seconds(document.created), number_member(document.value, "length")
      };
      changes.documents.push_back(to_document(key, coarse, age.to));
    }
    if (changes.empty()) co_return Result{};
    Result stored = co_await journal_.commit(std::move(changes));
    if (!stored) co_return stored;
  }
}

Task<base::Result<>> MetricStore::forget(std::string collection, base::WallTime before) {
  while (true) {
    DocumentQuery query{.collection = collection, .limit = page};
    query.created_before = before;
    const auto found = co_await journal_.find_documents(std::move(query));
    if (!found) co_return fail(found.error());
    Changes changes;
    for (const Document& document : *found)
      changes.removed_documents.push_back({collection, document.key});
    if (changes.empty()) co_return Result{};
    Result removed = co_await journal_.commit(std::move(changes));
    if (!removed) co_return removed;
  }
}

}  // namespace belfry::call
