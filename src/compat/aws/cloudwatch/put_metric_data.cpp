#include "compat/aws/cloudwatch/cloudwatch.hpp"
#include "compat/aws/cloudwatch/metric_data.hpp"

namespace belfry::compat::aws::cloudwatch {

base::Task<Answer> CloudWatch::put_metric_data(Call call) {
  auto batch = read_metric_data(call.input(), loop_.wall_now());
  if (!batch) co_return std::unexpected(batch.error());
  // A client's second attempt counts once.
  batch->id = call.invocation;
  batch->account_sid = call.account_sid;
  batch->from_sink = call.user_agent.starts_with("belfry-sink");
  const auto stored = co_await metrics_.put(std::move(*batch));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return Answer(base::json::object());
}

}  // namespace belfry::compat::aws::cloudwatch
