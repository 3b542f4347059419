#include "compat/aws/cloudwatch/metric_data.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::aws::cloudwatch {
namespace {

using namespace std::chrono_literals;

const base::WallTime now = *parse_iso_time("2026-11-20T18:00:00Z");

base::json::object put(base::json::object datum) {
  if (!datum.contains("MetricName")) datum["MetricName"] = "Calls";
  base::json::object members{{"Namespace", "Take5/Calls"}};
  members["MetricData"] = base::json::array{std::move(datum)};
  return members;
}

std::string refusal(base::json::object datum) {
  const base::json::object members = put(std::move(datum));
  const auto batch = read_metric_data(Input(members), now);
  return batch ? "" : batch.error().code;
}

TEST(MetricData, ReadsAValueASetOrManyValues) {
  const base::json::object members = put(
      {{"Value", "2.5"},
       {"Unit", "Seconds"},
       {"Timestamp", 1'795'197'500},
       {"Dimensions", base::json::array{base::json::object{{"Name", "GroupId"}, {"Value", "1"}}}}}
  );
  const auto batch = read_metric_data(Input(members), now);
  ASSERT_TRUE(batch) << batch.error().message;
  const call::MetricDatum& datum = batch->data.at(0);
  EXPECT_EQ(datum.metric.metric_namespace, "Take5/Calls");
  EXPECT_EQ(datum.metric.dimensions.at(0).second, "1");
  EXPECT_EQ(datum.unit, "Seconds");
  EXPECT_EQ(datum.statistics.sum, 2.5);
  EXPECT_EQ(base::to_unix_micros(datum.at), 1'795'197'500'000'000);

  const base::json::object many =
      put({{"Values", base::json::array{1, 3}}, {"Counts", base::json::array{2, 1}}});
  const auto set = read_metric_data(Input(many), now)->data.at(0).statistics;
  EXPECT_EQ(set.samples, 3);
  EXPECT_EQ(set.sum, 5);
  EXPECT_EQ(statistic_of(set, "p50"), 1);
  EXPECT_EQ(statistic_of(set, "p99.9"), 3);
  EXPECT_EQ(statistic_of(set, "Average"), 5.0 / 3);
}

TEST(MetricData, RefusesWhatCloudWatchRefuses) {
  EXPECT_EQ(refusal({{"Value", 1}}), "");
  EXPECT_EQ(refusal({}), "InvalidParameterCombination");
  EXPECT_EQ(
      refusal({{"Value", 1}, {"Values", base::json::array{1}}}), "InvalidParameterCombination"
  );
  EXPECT_EQ(refusal({{"Value", "NaN"}}), "InvalidParameterValue");
  EXPECT_EQ(refusal({{"Value", 1}, {"Unit", "Furlongs"}}), "InvalidParameterValue");
  EXPECT_EQ(refusal({{"Value", 1}, {"MetricName", ""}}), "MissingParameter");
  EXPECT_EQ(refusal({{"Value", 1}, {"StorageResolution", 30}}), "InvalidParameterValue");
  EXPECT_EQ(
      refusal({{"Value", 1}, {"Timestamp", "2026-11-01T00:00:00Z"}}), "InvalidParameterValue"
  );
  EXPECT_EQ(
      refusal({{"Value", 1}, {"Timestamp", "2026-11-20T21:00:00Z"}}), "InvalidParameterValue"
  );
  EXPECT_EQ(refusal({{"StatisticValues", base::json::object{{"Sum", 1}}}}), "MissingParameter");
  const base::json::object dimension{{"Name", "A"}, {"Value", "1"}};
  EXPECT_EQ(
      refusal({{"Value", 1}, {"Dimensions", base::json::array{dimension, dimension}}}),
      "InvalidParameterValue"
  );
}

TEST(MetricData, KnowsItsStatistics) {
  EXPECT_TRUE(is_statistic("SampleCount"));
  EXPECT_FALSE(is_statistic("sum"));
  EXPECT_TRUE(is_percentile("p99.9"));
  for (const char* bad : {"p", "p101", "99", "p9x"}) EXPECT_FALSE(is_percentile(bad)) << bad;
}

}  // namespace
}  // namespace belfry::compat::aws::cloudwatch
