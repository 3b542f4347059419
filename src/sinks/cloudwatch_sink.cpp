#include "sinks/cloudwatch_sink.hpp"

#include <array>
#include <charconv>
#include <set>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "http/form.hpp"
#include "identity/twilio_signature.hpp"

namespace belfry::sinks {
namespace {

constexpr std::string_view url = "http://cloudwatch.sinks/_sinks/cloudwatch";
constexpr std::string_view form_type = "application/x-www-form-urlencoded; charset=utf-8";
constexpr std::string_view body_type = "text/plain; charset=utf-8";

std::string to_text(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

class Body {
 public:
  void add(const std::string& name, std::string_view value) {
    text_.append(text_.empty() ? "" : "&").append(name).append("=");
    text_.append(base::percent_encode(value));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_datum(const call::MetricDatum& datum, const std::string& at, Body& body) {
  body.add(at + "MetricName", datum.metric.name);
  std::size_t number = 0;
  for (const auto& [name, value] : datum.metric.dimensions) {
    const std::string dimension = at + "Dimensions.member." + std::to_string(++number) + ".";
    body.add(dimension + "Name", name);
    body.add(dimension + "Value", value);
  }
  body.add(at + "Timestamp", base::to_rfc3339(datum.at));
  body.add(at + "Unit", datum.unit);
  if (datum.by_second) body.add(at + "StorageResolution", "1");
  const call::StatisticSet& set = datum.statistics;
  if (set.values && !set.values->empty()) {
    number = 0;
    for (const auto& [value, count] : *set.values) {
      const std::string member = ".member." + std::to_string(++number);
      body.add(std::string(at).append("Values").append(member), to_text(value));
      body.add(std::string(at).append("Counts").append(member), to_text(count));
    }
    return;
  }
  body.add(at + "StatisticValues.SampleCount", to_text(set.samples));
  body.add(at + "StatisticValues.Sum", to_text(set.sum));
  body.add(at + "StatisticValues.Minimum", to_text(set.minimum));
  body.add(at + "StatisticValues.Maximum", to_text(set.maximum));
}

}  // namespace

std::string to_query_body(const call::MetricBatch& batch, std::string_view metric_namespace) {
  Body body;
  body.add("Action", "PutMetricData");
  body.add("Version", "2010-08-01");
  body.add("Namespace", metric_namespace);
  std::size_t number = 0;
  for (const call::MetricDatum& datum : batch.data)
    if (datum.metric.metric_namespace == metric_namespace)
      add_datum(datum, "MetricData.member." + std::to_string(++number) + ".", body);
  return body.take();
}

void CloudWatchSink::watch(call::MetricStore& metrics) {
  metrics.on_put([this](const call::MetricBatch& batch, call::Changes& changes) {
    if (batch.from_sink) return;  // or two servers would send it to and fro for ever
    std::set<std::string> namespaces;
    for (const call::MetricDatum& datum : batch.data)
      namespaces.insert(datum.metric.metric_namespace);
    for (const std::string& each : namespaces) {
      call::Delivery delivery = to_delivery();
      delivery.body = to_query_body(batch, each);
      changes.deliveries.push_back(std::move(delivery));
    }
  });
  metrics.on_stored([this] { environment_.outbox.wake(); });
}

call::Delivery CloudWatchSink::to_delivery() const {
  call::Delivery delivery;
  delivery.id = base::make_uuid(environment_.random);
  delivery.order_key = "sink cloudwatch";
  delivery.kind = "sink.cloudwatch";
  delivery.url = url;
  delivery.content_type = body_type;
  delivery.own_application = true;
  delivery.created = environment_.loop.wall_now();
  return delivery;
}

void CloudWatchSink::add_to(http::Router& router) {
  router.add("POST /_sinks/cloudwatch", [this](http::Request request) {
    return forward(std::move(request));
  });
}

/// The outbox signs as for any webhook: nobody else's request may go on in our name.
bool CloudWatchSink::is_ours(const http::Request& request) const {
  const identity::TwilioSigner signer(environment_.accounts.main().auth_token);
  const std::string signed_url = "http://cloudwatch.sinks" + request.target;
  return signer.verify_body(
      signed_url, request.body, request.headers.get("X-Twilio-Signature").value_or("")
  );
}

base::Task<http::Response> CloudWatchSink::forward(http::Request request) {
  if (!is_ours(request)) co_return http::problem(403, "this path is for the server itself");
  AwsClient::Request asked;
  asked.service = "monitoring";
  asked.content_type = form_type;
  asked.invocation = request.headers.get("I-Twilio-Idempotency-Token").value_or("");
  asked.body = std::move(request.body);
  const auto answer = co_await environment_.aws.send(std::move(asked));
  if (is_worth_repeating(answer)) {
    const std::string why = answer ? std::to_string(answer->status) : answer.error().message;
    co_return http::problem(502, "CloudWatch: " + why);
  }
  if (answer->status >= 300)
    base::log::error("sink.cloudwatch_refused", {{"status", answer->status}});
  co_return http::empty(204);
}

}  // namespace belfry::sinks
