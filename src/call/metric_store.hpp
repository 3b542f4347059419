#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/wait.hpp"
#include "call/journal.hpp"
#include "call/metric.hpp"

namespace belfry::call {

/// Measurements over time, as CloudWatch keeps them: added up by minute (by second where asked),
/// read as statistics of any period. Documents "metric" (one each, key its id, tag account and
/// namespace) and "metric_points" (an hour of one metric). What is older than 15 days is added up
/// by five minutes, what is older than 63 by the hour; after 455 it is gone. Control thread.
///
/// An application that reports something of its own:
///
///     call::MetricBatch batch{.id = "take5-1-1693123456789 answered", .account_sid = account};
///     batch.data.push_back({{"Take5/Calls", "CallsAnswered", {{"GroupId", "1"}}}, "Count", now, 1});
///     metrics.put_later(std::move(batch));
class MetricStore {
 public:
  MetricStore(base::Loop& loop, Journal& journal);
  MetricStore(const MetricStore&) = delete;
  MetricStore& operator=(const MetricStore&) = delete;
  ~MetricStore();

  /// On disk when it returns (rule R1), once for each `batch.id` of the last two days.
  /// @return Errc::unavailable when the disk is full: nothing of the batch was taken.
  base::Task<base::Result<>> put(MetricBatch batch);
  /// The same, for what no promise waits for: a failure is tried again until it is stored.
  void put_later(MetricBatch batch);

  struct Range {
    MetricId metric;
    std::string account_sid;
    std::string unit = {};  // empty: each unit by itself
    base::WallTime from{};  // inclusive; the first period begins here
    base::WallTime until{};  // exclusive
    std::chrono::seconds period{60};
  };
  /// One for each period and unit that has values, oldest first. Of a metric with exactly these
  /// dimensions: nothing is added up over others.
  base::Task<base::Result<std::vector<MetricPoint>>> statistics(Range range);

  struct ListQuery {
    std::string account_sid;
    std::string metric_namespace = {};  // empty: all
    std::string name = {};              // empty: all
    /// Each must be among the metric's dimensions; without a value, any.
    std::vector<std::pair<std::string, std::optional<std::string>>> dimensions = {};
    std::string after = {};  // `Listed::next` of the page before
    std::size_t limit = 500;
  };
  struct Listed {
    std::vector<MetricId> metrics;
    std::string next;  // empty: that was all
  };
  base::Task<base::Result<Listed>> list(ListQuery query);

  /// What else is written in the commit of each batch: deliveries to another cloud.
  void on_put(std::function<void(const MetricBatch&, Changes&)> listener) {
    on_put_ = std::move(listener);
  }
  /// Adds up what is old and removes what is too old; for housekeeping, once a day or so.
  base::Task<base::Result<>> upkeep();

 private:
  struct Pending;
  struct Hour;
  using HourKey = std::pair<std::string, std::int64_t>;  // the metric's key, hours since 1970

  void enqueue(std::shared_ptr<Pending> pending);
  base::Task<void> run_writer();
  base::Task<base::Result<>> write(std::vector<std::shared_ptr<Pending>>& group);
  base::Task<base::Result<>> apply(
      const MetricBatch& batch, std::map<HourKey, Hour>& touched, Changes& changes
  );
  base::Task<base::Result<Hour>> load(HourKey key);
  void keep(std::map<HourKey, Hour> touched);

  base::Loop& loop_;
  Journal& journal_;
  std::deque<std::shared_ptr<Pending>> queue_;  // shared by who waits and by the writer
  bool writing_ = false;
  std::map<HourKey, Hour> recent_;  // at most `max_recent`
  std::set<std::string> known_;     // metrics that are stored already; bounded likewise
  std::function<void(const MetricBatch&, Changes&)> on_put_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call
