#pragma once
#include <expected>
#include <string>

#include "call/metric.hpp"
#include "compat/aws/failure.hpp"
#include "compat/aws/input.hpp"

/// CloudWatch's members as ours, checked as CloudWatch checks them. Pure.
namespace belfry::compat::aws::cloudwatch {

/// The batch of a `PutMetricData`, without id and account.
std::expected<call::MetricBatch, Failure> read_metric_data(const Input& input, base::WallTime now);

/// `Namespace`, `MetricName`, `Dimensions`.
std::expected<call::MetricId, Failure> read_metric(const Input& input);
base::json::object to_json(const call::MetricId& metric);

/// "Sum", "p99": of one period; nothing when it is not known.
bool is_statistic(std::string_view name);
bool is_percentile(std::string_view name);
std::optional<double> statistic_of(const call::StatisticSet& set, std::string_view name);

}  // namespace belfry::compat::aws::cloudwatch
