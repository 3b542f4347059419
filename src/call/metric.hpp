#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

/// Measurements in CloudWatch's terms.
namespace belfry::call {

/// A metric is named by all of this: the same name with other dimensions is another metric.
struct MetricId {
  std::string metric_namespace;                                      // "Take5/Calls"
  std::string name;                                                  // "CallsStarted"
  std::vector<std::pair<std::string, std::string>> dimensions = {};  // name, value; any order

  bool operator==(const MetricId&) const = default;
};

/// Some values, added up.
struct StatisticSet {
  double samples = 0;
  double sum = 0;
  double minimum = 0;
  double maximum = 0;
  /// How often each value came, for percentiles; gone once there are too many different ones, or
  /// when the values were added up before they came here.
  std::optional<std::map<double, double>> values = std::map<double, double>();

  StatisticSet() = default;
  /// One value, that often.
  explicit StatisticSet(double value, double count = 1);

  void add(const StatisticSet& other);
  double average() const { return samples == 0 ? 0 : sum / samples; }
  /// Nothing when the values are not known. @param percent 0 to 100
  std::optional<double> percentile(double percent) const;
};

struct MetricDatum {
  MetricId metric;
  std::string unit = "None";
  base::WallTime at{};
  StatisticSet statistics;
  bool by_second = false;  // kept by the second for 15 days, not by the minute
};

/// What is stored together: all of it, once.
struct MetricBatch {
  std::string id = {};  // of the event that is reported; empty: every batch is another
  std::string account_sid;
  std::vector<MetricDatum> data = {};
  bool from_sink = false;  // another server sent it on: this one does not
};

/// A period's values.
struct MetricPoint {
  base::WallTime at{};  // its beginning
  std::string unit;
  StatisticSet statistics;
};

/// The units that there are: "Count", "Seconds", "None" …
bool is_metric_unit(std::string_view text);

}  // namespace belfry::call
