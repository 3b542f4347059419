#include "compat/aws/cloudwatch/cloudwatch.hpp"

#include "compat/aws/cloudwatch/metric_data.hpp"

namespace belfry::compat::aws::cloudwatch {

Failure invalid_value(std::string message) {
  return {400, "InvalidParameterValue", std::move(message)};
}

Failure missing(std::string_view parameter) {
  return {
      400, "MissingParameter", "The parameter " + std::string(parameter) + " is required.",
      "MissingRequiredParameterException"
  };
}

Failure invalid_combination(std::string message) {
  return {400, "InvalidParameterCombination", std::move(message)};
}

Failure store_failed(const base::Error& error) {
  return {500, "InternalServiceError", error.message, "InternalServiceFault"};
}

void CloudWatch::add_to(Door& door) {
  ServiceName name{"monitoring"};
  name.target = "GraniteServiceVersion20100801";
  name.xml_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";
  door.add(std::move(name));
  const auto add = [&](std::string operation, Door::Member<CloudWatch> member) {
    door.operation("monitoring", std::move(operation), Door::bind(this, member));
  };
  add("PutMetricData", &CloudWatch::put_metric_data);
  add("GetMetricStatistics", &CloudWatch::get_metric_statistics);
  add("GetMetricData", &CloudWatch::get_metric_data);
  add("ListMetrics", &CloudWatch::list_metrics);
}

base::Task<Answer> CloudWatch::list_metrics(Call call) {
  const Input input = call.input();
  call::MetricStore::ListQuery query{.account_sid = call.account_sid};
  query.metric_namespace = input.text("Namespace");
  query.name = input.text("MetricName");
  query.after = input.text("NextToken");
  for (const base::json::object& each : input.objects("Dimensions")) {
    const Input filter(each);
    std::optional<std::string> value;
    if (filter.has("Value")) value = filter.text("Value");
    query.dimensions.emplace_back(filter.text("Name"), std::move(value));
  }
  const auto listed = co_await metrics_.list(std::move(query));
  if (!listed) co_return std::unexpected(store_failed(listed.error()));
  base::json::array items;
  for (const call::MetricId& metric : listed->metrics) items.emplace_back(to_json(metric));
  base::json::object answer{{"Metrics", std::move(items)}};
  if (!listed->next.empty()) answer["NextToken"] = listed->next;
  co_return answer;
}

}  // namespace belfry::compat::aws::cloudwatch
