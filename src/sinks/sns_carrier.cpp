#include "sinks/sns_carrier.hpp"

#include "base/encoding.hpp"

namespace belfry::sinks {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr int unknown_error = 30008;
constexpr int opted_out = 21610;

/// SNS takes letters and digits; a number of ours it would not know.
bool is_sender_id(std::string_view from) {
  return !from.empty() && !from.starts_with('+') && !from.contains(' ') &&
         from.find_first_not_of("0123456789") != std::string_view::npos;
}

std::string to_body(const call::MessageRecord& message) {
  std::string body =
      "Action=Publish&Version=2010-03-31&PhoneNumber=" + base::percent_encode(message.to) +
      "&Message=" + base::percent_encode(message.body);
  if (is_sender_id(message.from))
    body +=
        "&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SenderID"
        "&MessageAttributes.entry.1.Value.DataType=String"
        "&MessageAttributes.entry.1.Value.StringValue=" +
        base::percent_encode(message.from);
  return body;
}

bool was_not_reached(const base::Error& error) {
  const http::ClientFailure failure = http::failure_of(error);
  return error.code == Errc::unauthorized || failure == http::ClientFailure::bad_host ||
         failure == http::ClientFailure::connect_timeout ||
         failure == http::ClientFailure::refused || failure == http::ClientFailure::tls;
}

/// @param counts_once an attempt that was counted will be known again: then a failure in its middle
/// is no reason to give up
Result<std::string> read_answer(const http::ClientResponse& answer, bool counts_once) {
  if (answer.status == 200) {
    std::string id(xml_element(answer.body, "MessageId"));
    if (!id.empty()) return id;
    return fail(Errc::malformed, "SNS took the message without an id", unknown_error);
  }
  const bool failed = answer.status >= 500 && counts_once;
  if (failed || is_throttled(answer) || answer.status == 403 || answer.status == 503)
    return fail(Errc::unavailable, "SNS is busy or does not know us");
  const bool stopped = answer.body.contains("opted out");
  return fail(
      Errc::refused, "SNS refused the message: " + std::string(xml_element(answer.body, "Code")),
      stopped ? opted_out : unknown_error
  );
}

}  // namespace

Task<Result<std::string>> SnsCarrier::send(call::MessageRecord message) {
  AwsClient::Request request;
  request.service = "sns";
  request.content_type = "application/x-www-form-urlencoded; charset=utf-8";
  request.body = to_body(message);
  request.invocation = message.sid;
  const auto answer = co_await aws_.send(std::move(request));
  if (answer) co_return read_answer(*answer, other_side_counts_once_);
  if (other_side_counts_once_ || was_not_reached(answer.error()))
    co_return fail(Errc::unavailable, "SNS cannot be reached");
  co_return fail(Errc::io, "SNS did not answer; the message may have been sent", unknown_error);
}

}  // namespace belfry::sinks
