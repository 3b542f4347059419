#include "call/metric_store.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "call/json_members.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::fail;
using base::Task;

constexpr std::size_t batches_at_once = 200;
constexpr std::size_t max_waiting = 10'000;
constexpr std::size_t max_recent = 1024;
constexpr std::size_t max_known = 10'000;
constexpr base::Duration full_disk_pause = 5s;

std::int64_t seconds_of(base::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

base::WallTime wall_time(std::int64_t seconds) {
  return base::WallTime(std::chrono::seconds(seconds));
}

std::int64_t rounded_down(std::int64_t value, std::int64_t unit) {
  return value - value % unit;
}

std::string batch_key(const std::string& account_sid, const std::string& id) {
  return account_sid + " " + id;
}

base::json::array to_json(const MetricId& metric) {
  base::json::array dimensions;
  for (const auto& [name, value] : metric.dimensions)
    dimensions.emplace_back(base::json::array{name, value});
  return dimensions;
}

base::json::object text_object(const MetricId& metric) {
  return {
      {"namespace", metric.metric_namespace},
      {"name", metric.name},
      {"dimensions", to_json(metric)},
  };
}

}  // namespace

std::string MetricStore::ChunkKey::text() const {
  return metric + " " + std::to_string(start) + (length == 60 ? " s" : "");
}

MetricStore::MetricStore(base::Loop& loop, Journal& journal)
    : loop_(loop), journal_(journal), tasks_(loop) {}
MetricStore::~MetricStore() = default;

std::string MetricStore::key_of(const std::string& account_sid, const MetricId& metric) {
  MetricId sorted = metric;
  std::ranges::sort(sorted.dimensions);
  const std::string text = base::json::serialize(text_object(sorted));
  return base::sha256_hex(account_sid + " " + text).substr(0, 32);
}

Document MetricStore::to_document(const ChunkKey& key, const Points& points, int resolution) {
  Document document;
  document.collection = points_collection;
  document.key = key.text();
  document.tag = key.metric;
  document.created = wall_time(key.start);
  document.value["length"] = key.length;
  document.value["resolution"] = resolution;
  base::json::array& rows = document.value["points"].emplace_array();
  for (const auto& [at, set] : points) {
    base::json::array row{at.first, at.second, set.samples, set.sum, set.minimum, set.maximum};
    if (set.values) {
      base::json::array values;
      for (const auto& [value, count] : *set.values) {
        values.emplace_back(value);
        values.emplace_back(count);
      }
      row.emplace_back(std::move(values));
    }
    rows.emplace_back(std::move(row));
  }
  return document;
}

void MetricStore::read_points(const Document& document, Points& into) {
  const auto* rows = base::json::find(document.value, "points");
  if (rows == nullptr || !rows->is_array()) return;
  for (const auto& each : rows->as_array()) {
    const auto& row = each.as_array();
    StatisticSet set;
    set.samples = row.at(2).to_number<double>();
    set.sum = row.at(3).to_number<double>();
    set.minimum = row.at(4).to_number<double>();
    set.maximum = row.at(5).to_number<double>();
    if (row.size() > 6) {
      const auto& values = row.at(6).as_array();
      for (std::size_t i = 0; i + 1 < values.size(); i += 2)
        (*set.values)[values[i].to_number<double>()] = values[i + 1].to_number<double>();
    } else {
      set.values.reset();
    }
    into[{row.at(0).to_number<std::int64_t>(), std::string(row.at(1).as_string())}].add(set);
  }
}

// --- Writing: one group of batches after the other, so that a failed commit has changed nothing
// that a later one would write ---

Task<base::Result<>> MetricStore::put(MetricBatch batch) {
  base::Completion<Result> done(loop_);
  Waiting waiting{
      std::move(batch), std::make_unique<base::Completion<Result>::Resolver>(done.resolver())
  };
  enqueue(std::move(waiting));
  Task<Result> stored = done.wait();
  co_return co_await std::move(stored);
}

void MetricStore::put_later(MetricBatch batch) {
  enqueue({std::move(batch), nullptr});
}

void MetricStore::enqueue(Waiting waiting) {
  if (queue_.size() >= max_waiting) {
    if (waiting.told) (*waiting.told)(fail(Errc::unavailable, "too many measurements wait"));
    base::log::warning("metrics.dropped", {{"data", waiting.batch.data.size()}});
    return;
  }
  queue_.push_back(std::move(waiting));
  if (writing_) return;
  writing_ = true;
  tasks_.spawn(run_writer());
}

Task<void> MetricStore::run_writer() {
  while (!queue_.empty()) {
    std::vector<Waiting> group;
    while (!queue_.empty() && group.size() < batches_at_once) {
      group.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    const Result written = co_await write(group);
    bool left = false;
    for (Waiting& each : group) {
      if (each.told) {
        (*each.told)(written);
      } else if (!written) {
        queue_.push_back(std::move(each));
        left = true;
      }
    }
    if (left) co_await base::sleep_for(loop_, full_disk_pause);
  }
  writing_ = false;
}

Task<base::Result<>> MetricStore::write(std::vector<Waiting>& group) {
  Chunks touched;
  Changes changes;
  std::map<std::string, bool> in_group;
  for (const Waiting& each : group) {
    const MetricBatch& batch = each.batch;
    if (!batch.id.empty()) {
      const std::string key = batch_key(batch.account_sid, batch.id);
      const auto stored = co_await is_stored(batch.account_sid, batch.id);
      if (!stored) co_return fail(stored.error());
      if (*stored || !in_group.emplace(key, true).second) continue;
      changes.new_documents.push_back(
          {std::string(batches_collection), key, batch.account_sid, {}, loop_.wall_now()}
      );
    }
    const Result applied = co_await apply(batch, touched, changes);
    if (!applied) co_return applied;
    if (on_put_) on_put_(batch, changes);
  }
  for (const auto& [key, points] : touched)
    changes.documents.push_back(to_document(key, points, key.length == 60 ? 1 : 60));
  if (changes.empty()) co_return Result{};
  const Result committed = co_await journal_.commit(std::move(changes));
  if (!committed) {
    known_.clear();  // their documents were in it
    co_return committed;
  }
  keep(std::move(touched));
  if (on_stored_) on_stored_();
  co_return Result{};
}

Task<base::Result<bool>> MetricStore::is_stored(
    const std::string& account_sid, const std::string& id
) {
  std::string key = batch_key(account_sid, id);
  const auto found =
      co_await journal_.find_document(std::string(batches_collection), std::move(key));
  if (!found) co_return fail(found.error());
  co_return found->has_value();
}

Task<base::Result<>> MetricStore::apply(
    const MetricBatch& batch, Chunks& touched, Changes& changes
) {
  for (const MetricDatum& datum : batch.data) {
    const std::string metric = key_of(batch.account_sid, datum.metric);
    note_metric(batch.account_sid, metric, datum.metric, changes);
    const std::int64_t second = seconds_of(datum.at);
    const std::int64_t length = datum.by_second ? 60 : 3600;
    const ChunkKey key{metric, rounded_down(second, length), length};
    const Result loaded = co_await load(key, touched);
    if (!loaded) co_return loaded;
    const std::int64_t at = datum.by_second ? second : rounded_down(second, 60);
    touched[key][{at, datum.unit}].add(datum.statistics);
  }
  co_return Result{};
}

Task<base::Result<>> MetricStore::load(ChunkKey key, Chunks& into) {
  if (into.contains(key)) co_return Result{};
  if (const auto recent = recent_.find(key); recent != recent_.end()) {
    into[key] = recent->second;
    co_return Result{};
  }
  std::string text = key.text();
  const auto found =
      co_await journal_.find_document(std::string(points_collection), std::move(text));
  if (!found) co_return fail(found.error());
  Points& points = into[key];
  if (*found) read_points(**found, points);
  co_return Result{};
}

void MetricStore::note_metric(
    const std::string& account_sid, const std::string& key, const MetricId& metric, Changes& changes
) {
  const std::int64_t day = seconds_of(loop_.wall_now()) / 86'400;
  std::int64_t& noted = known_[key];
  if (noted == day) return;
  noted = day;
  Document document{
      std::string(names_collection), key, account_sid, text_object(metric), loop_.wall_now()
  };
  document.value["day"] = day;
  changes.documents.push_back(std::move(document));
}

void MetricStore::keep(Chunks touched) {
  if (recent_.size() > max_recent) recent_.clear();
  if (known_.size() > max_known) known_.clear();
  for (auto& [key, points] : touched) recent_[key] = std::move(points);
}

}  // namespace belfry::call
