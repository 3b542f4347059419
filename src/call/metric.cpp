#include "call/metric.hpp"

#include <algorithm>
#include <array>

namespace belfry::call {
namespace {

/// Beyond that many different values in a minute there are no percentiles of it.
constexpr std::size_t max_values = 50;

constexpr std::array<std::string_view, 27> units = {
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
};

}  // namespace

StatisticSet::StatisticSet(double value, double count)
    : samples(count), sum(value * count), minimum(value), maximum(value) {
  (*values)[value] = count;
}

void StatisticSet::add(const StatisticSet& other) {
  if (other.samples == 0) return;
  minimum = samples == 0 ? other.minimum : std::min(minimum, other.minimum);
  maximum = samples == 0 ? other.maximum : std::max(maximum, other.maximum);
  samples += other.samples;
  sum += other.sum;
  if (!other.values) values.reset();
  if (!values) return;
  for (const auto& [value, count] : *other.values) (*values)[value] += count;
  if (values->size() > max_values) values.reset();
}

std::optional<double> StatisticSet::percentile(double percent) const {
  if (!values || values->empty()) return std::nullopt;
  const double rank = samples * percent / 100;
  double seen = 0;
  for (const auto& [value, count] : *values) {
    seen += count;
    if (seen >= rank) return value;
  }
  return values->rbegin()->first;
}

bool is_metric_unit(std::string_view text) {
  return std::ranges::find(units, text) != units.end();
}

}  // namespace belfry::call
