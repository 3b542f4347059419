#include "compat/aws/cloudwatch/metric_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "compat/aws/cloudwatch/cloudwatch.hpp"

namespace belfry::compat::aws::cloudwatch {
namespace {

constexpr std::size_t max_data = 1000;
constexpr std::size_t max_values = 150;
constexpr std::size_t max_dimensions = 30;
constexpr std::size_t max_name = 255;
constexpr double largest = 1.0e108;  // 2^360, as the documentation says
constexpr auto oldest = std::chrono::days(14);
constexpr auto newest = std::chrono::hours(2);

constexpr std::array<std::string_view, 5> statistics = {
    "SampleCount", "Average", "Sum", "Minimum", "Maximum"
};

bool is_value(double number) {
  return std::isfinite(number) && std::abs(number) <= largest;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name;
}

std::expected<call::StatisticSet, Failure> read_statistic_set(const Input& set) {
  call::StatisticSet made;
  for (const auto& [name, member] :
       {std::pair{"SampleCount", &call::StatisticSet::samples},
        std::pair{"Sum", &call::StatisticSet::sum},
        std::pair{"Minimum", &call::StatisticSet::minimum},
        std::pair{"Maximum", &call::StatisticSet::maximum}}) {
    const auto number = set.number(name);
    if (!number) return std::unexpected(missing("StatisticValues." + std::string(name)));
    if (!is_value(*number))
      return std::unexpected(invalid_value("The value for StatisticValues is out of range."));
    made.*member = *number;
  }
  made.values.reset();
  return made;
}

std::expected<call::StatisticSet, Failure> read_values(const Input& datum) {
  const auto values = datum.numbers("Values");
  const auto counts = datum.numbers("Counts");
  if (values.size() > max_values || (!counts.empty() && counts.size() != values.size()))
    return std::unexpected(
        invalid_value("The parameters Values and Counts must have the same size of at most 150.")
    );
  call::StatisticSet made;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double count = counts.empty() ? 1 : counts[i];
    if (!is_value(values[i]) || !is_value(count) || count <= 0)
      return std::unexpected(invalid_value("A value or count is out of range."));
    made.add(call::StatisticSet(values[i], count));
  }
  return made;
}

std::expected<call::StatisticSet, Failure> read_statistics(const Input& datum) {
  const int given = static_cast<int>(datum.has("Value")) +
                    static_cast<int>(datum.has("StatisticValues")) +
                    static_cast<int>(!datum.numbers("Values").empty());
  if (given != 1)
    return std::unexpected(
        invalid_combination("At least one, and only one, of the parameters Value, Values and "
                            "StatisticValues must be specified.")
    );
  if (datum.has("StatisticValues")) {
    const base::json::object set = datum.object("StatisticValues");
    return read_statistic_set(Input(set));
  }
  if (!datum.has("Value")) return read_values(datum);
  const auto value = datum.number("Value");
  if (!value || !is_value(*value))
    return std::unexpected(invalid_value("The parameter MetricData.Value is not a number in range.")
    );
  return call::StatisticSet(*value);
}

std::expected<call::MetricDatum, Failure> read_datum(
    const Input& input, const std::string& metric_namespace, base::WallTime now
) {
  auto metric = read_metric(input);
  if (!metric) return std::unexpected(metric.error());
  call::MetricDatum datum;
  datum.metric = std::move(*metric);
  datum.metric.metric_namespace = metric_namespace;
  if (input.has("Unit")) datum.unit = input.text("Unit");
  if (!call::is_metric_unit(datum.unit))
    return std::unexpected(invalid_value("The parameter Unit is not one of the units there are."));
  datum.at = now;
  if (input.has("Timestamp")) {
    const auto at = input.time("Timestamp");
    if (!at || *at < now - oldest || *at > now + newest)
      return std::unexpected(
          invalid_value("The parameter Timestamp must be at most two weeks in the past and two "
                        "hours in the future.")
      );
    datum.at = *at;
  }
  const double resolution = input.number("StorageResolution").value_or(60);
  if (resolution != 1 && resolution != 60)
    return std::unexpected(invalid_value("The parameter StorageResolution must be 1 or 60."));
  datum.by_second = resolution == 1;
  auto set = read_statistics(input);
  if (!set) return std::unexpected(set.error());
  datum.statistics = std::move(*set);
  return datum;
}

}  // namespace

std::expected<call::MetricId, Failure> read_metric(const Input& input) {
  call::MetricId metric;
  metric.metric_namespace = input.text("Namespace");
  metric.name = input.text("MetricName");
  if (!is_name(metric.name)) return std::unexpected(missing("MetricName"));
  for (const base::json::object& each : input.objects("Dimensions")) {
    const Input dimension(each);
    std::string name = dimension.text("Name");
    std::string value = dimension.text("Value");
    if (!is_name(name)) return std::unexpected(missing("Dimensions.Name"));
    if (value.empty() || value.size() > 1024) return std::unexpected(missing("Dimensions.Value"));
    const bool twice = std::ranges::any_of(metric.dimensions, [&](const auto& other) {
      return other.first == name;
    });
    if (twice) return std::unexpected(invalid_value("The dimension " + name + " is there twice."));
    metric.dimensions.emplace_back(std::move(name), std::move(value));
  }
  if (metric.dimensions.size() > max_dimensions)
    return std::unexpected(invalid_value("A metric has at most 30 dimensions."));
  return metric;
}

base::json::object to_json(const call::MetricId& metric) {
  base::json::array dimensions;
  for (const auto& [name, value] : metric.dimensions)
    dimensions.emplace_back(base::json::object{{"Name", name}, {"Value", value}});
  return {
      {"Namespace", metric.metric_namespace},
      {"MetricName", metric.name},
      {"Dimensions", std::move(dimensions)},
  };
}

std::expected<call::MetricBatch, Failure> read_metric_data(const Input& input, base::WallTime now) {
  const std::string metric_namespace = input.text("Namespace");
  if (!is_name(metric_namespace)) return std::unexpected(missing("Namespace"));
  if (metric_namespace.starts_with("AWS/"))
    return std::unexpected(invalid_value("The value AWS/ for parameter Namespace is invalid."));
  const auto data = input.objects("MetricData");
  if (data.empty()) return std::unexpected(missing("MetricData"));
  if (data.size() > max_data)
    return std::unexpected(
        invalid_value("The collection MetricData must not have a size greater than 1000.")
    );
  call::MetricBatch batch;
  for (const base::json::object& each : data) {
    auto datum = read_datum(Input(each), metric_namespace, now);
    if (!datum) return std::unexpected(datum.error());
    batch.data.push_back(std::move(*datum));
  }
  return batch;
}

bool is_statistic(std::string_view name) {
  return std::ranges::find(statistics, name) != statistics.end();
}

bool is_percentile(std::string_view name) {
  if (!name.starts_with('p') || name.size() < 2) return false;
  double percent = -1;
  const char* end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + 1, end, percent);
  return read.ec == std::errc() && read.ptr == end && percent >= 0 && percent <= 100;
}

std::optional<double> statistic_of(const call::StatisticSet& set, std::string_view name) {
  if (name == "SampleCount") return set.samples;
  if (name == "Sum") return set.sum;
  if (name == "Average") return set.average();
  if (name == "Minimum") return set.minimum;
  if (name == "Maximum") return set.maximum;
  double percent = 0;
  std::from_chars(name.data() + 1, name.data() + name.size(), percent);
  return set.percentile(percent);
}

}  // namespace belfry::compat::aws::cloudwatch
