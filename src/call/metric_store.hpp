#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/wait.hpp"
#include "call/journal.hpp"
#include "call/metric.hpp"

namespace belfry::call {

/// Measurements over time, as CloudWatch keeps them: added up by minute (by second where asked),
/// read as statistics of any period. Documents "metric" (one each; tag: the account) and
/// "metric_points" (an hour of one metric, of those by second a minute; tag: the metric). What is
/// older than 15 days is added up by five minutes, what is older than 63 by the hour; after 455 it
/// is gone. Control thread.
///
/// An application that reports something of its own:
///
///     call::MetricBatch batch{.id = call_id + " answered", .account_sid = account, .data = {}};
///     call::MetricId metric{"Take5/Calls", "CallsAnswered", {{"GroupId", "1"}}};
///     batch.data.push_back({std::move(metric), "Count", now, call::StatisticSet(1)});
///     metrics.put_later(std::move(batch));
class MetricStore {
 public:
  MetricStore(base::Loop& loop, Journal& journal);
  MetricStore(const MetricStore&) = delete;
  MetricStore& operator=(const MetricStore&) = delete;
  ~MetricStore();

  /// On disk when it returns (rule R1), once for each `batch.id` of the last two days. Data must
  /// not be older than 14 days.
  /// @return Errc::unavailable when the disk is full: nothing of the batch was taken.
  base::Task<base::Result<>> put(MetricBatch batch);
  /// The same, for what no promise waits for: tried again until it is stored.
  void put_later(MetricBatch batch);

  struct Range {
    std::string account_sid;
    MetricId metric;
    std::string unit = {};   // empty: each unit by itself
    base::WallTime from{};   // inclusive; the first period begins here
    base::WallTime until{};  // exclusive
    std::chrono::seconds period{60};
  };
  /// One for each period and unit that has values, oldest first. Of the metric with exactly these
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
    std::vector<MetricId> metrics;  // those that had values in the last two weeks
    std::string next;               // empty: that was all
  };
  base::Task<base::Result<Listed>> list(ListQuery query);

  /// What else is written in the commit of each batch: deliveries to another cloud.
  void on_put(std::function<void(const MetricBatch&, Changes&)> listener) {
    on_put_ = std::move(listener);
  }
  /// Told after each commit.
  void on_stored(std::function<void()> listener) { on_stored_ = std::move(listener); }
  /// Adds up what is old and removes what is too old; for housekeeping.
  base::Task<base::Result<>> upkeep();

 private:
  static constexpr std::string_view names_collection = "metric";
  static constexpr std::string_view points_collection = "metric_points";
  static constexpr std::string_view batches_collection = "metric_batch";
  using Result = base::Result<>;
  struct Waiting {
    MetricBatch batch;
    std::unique_ptr<base::Completion<Result>::Resolver> told;  // none: nobody waits
  };
  /// One document of points.
  struct ChunkKey {
    std::string metric;       // its document's key
    std::int64_t start = 0;   // seconds since 1970
    std::int64_t length = 0;  // seconds: an hour or a minute
    auto operator<=>(const ChunkKey&) const = default;
    std::string text() const;
  };
  using PointKey = std::pair<std::int64_t, std::string>;  // seconds since 1970, unit
  using Points = std::map<PointKey, StatisticSet>;
  using Chunks = std::map<ChunkKey, Points>;
  struct Age;

  static Document to_document(const ChunkKey& key, const Points& points, int resolution);
  static void read_points(const Document& document, Points& into);
  static std::string key_of(const std::string& account_sid, const MetricId& metric);

  void enqueue(Waiting waiting);
  base::Task<void> run_writer();
  base::Task<Result> write(std::vector<Waiting>& group);
  base::Task<base::Result<bool>> is_stored(const std::string& account_sid, const std::string& id);
  base::Task<Result> apply(const MetricBatch& batch, Chunks& touched, Changes& changes);
  base::Task<Result> load(ChunkKey key, Chunks& into);
  void note_metric(
      const std::string& account_sid, const std::string& key, const MetricId& metric,
      Changes& changes
  );
  void keep(Chunks touched);
  base::Task<Result> add_up(Age age);
  base::Task<Result> forget(std::string collection, base::WallTime before);

  base::Loop& loop_;
  Journal& journal_;
  std::deque<Waiting> queue_;
  bool writing_ = false;
  bool has_seen_all_ = false;                  // by `upkeep`, since the start
  Chunks recent_;                              // as they are stored; bounded
  std::map<std::string, std::int64_t> known_;  // metrics whose document is of that day; bounded
  std::function<void(const MetricBatch&, Changes&)> on_put_;
  std::function<void()> on_stored_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call
