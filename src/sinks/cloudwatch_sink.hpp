#pragma once
#include <string>

#include "base/random.hpp"
#include "call/metric_store.hpp"
#include "call/outbox.hpp"
#include "http/router.hpp"
#include "identity/accounts.hpp"
#include "sinks/aws_client.hpp"

namespace belfry::sinks {

/// Sends measurements on to CloudWatch. Each stored batch has a delivery in the same commit; the
/// outbox brings it to a path of our own, which signs and sends it: so it survives a restart, is
/// tried again as all deliveries are, and holds nothing else up. What the other side refuses for
/// good is logged and dropped. Control thread; outlives the router's requests.
class CloudWatchSink {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    call::Outbox& outbox;
    const identity::Accounts& accounts;
    AwsClient& aws;
  };
  explicit CloudWatchSink(Environment environment) : environment_(environment) {}

  void watch(call::MetricStore& metrics);
  /// `POST /_sinks/cloudwatch`: for the outbox, which signs with the account's token.
  void add_to(http::Router& router);

 private:
  call::Delivery to_delivery() const;
  base::Task<http::Response> forward(http::Request request);
  bool is_ours(const http::Request& request) const;

  Environment environment_;
};

/// The body of a `PutMetricData` of the query protocol, which every CloudWatch understands.
std::string to_query_body(const call::MetricBatch& batch, std::string_view metric_namespace);

}  // namespace belfry::sinks
