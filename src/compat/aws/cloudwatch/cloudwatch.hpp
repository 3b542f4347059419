#pragma once
#include "call/metric_store.hpp"
#include "compat/aws/door.hpp"

namespace belfry::compat::aws::cloudwatch {

/// Amazon CloudWatch's metrics, on the measurements that applications and clients store here.
/// Control thread; outlives the router's requests.
class CloudWatch {
 public:
  CloudWatch(base::Loop& loop, call::MetricStore& metrics) : loop_(loop), metrics_(metrics) {}
  void add_to(Door& door);

 private:
  base::Task<Answer> put_metric_data(Call call);
  base::Task<Answer> get_metric_statistics(Call call);
  base::Task<Answer> get_metric_data(Call call);
  base::Task<Answer> list_metrics(Call call);

  base::Loop& loop_;
  call::MetricStore& metrics_;
};

Failure invalid_value(std::string message);
Failure missing(std::string_view parameter);
Failure invalid_combination(std::string message);
Failure store_failed(const base::Error& error);

}  // namespace belfry::compat::aws::cloudwatch
