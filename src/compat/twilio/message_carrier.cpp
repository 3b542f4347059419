#include "compat/twilio/message_carrier.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace belfry::compat::twilio {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t max_media = 10;
constexpr std::size_t max_medium_bytes = 5u << 20;
constexpr int unknown_error = 30008;

/// Failures of a connection that was not made (11201 no answer, 11202 refused, 11205, 11210 no such
/// host, 1122x TLS): nothing can have been sent.
bool was_not_reached(int code) {
  return code == 11201 || code == 11202 || code == 11205 || code == 11210 || code / 10 == 1122;
}

std::string origin_of(std::string_view url) {
  const auto host = url.find("://");
  if (host == std::string_view::npos) return {};
  return std::string(url.substr(0, url.find_first_of("/?#", host + 3)));
}

/// The carrier's id of the message, or why it was not taken.
Result<std::string> read_answer(const call::WebResponse& response) {
  if (response.status == 429 || response.status == 503)
    return fail(Errc::unavailable, "the carrier is busy: " + std::to_string(response.status));
  const auto body = base::json::parse(response.body);
  const auto* sid = body ? base::json::find_string(*body, "sid") : nullptr;
  if (response.status >= 200 && response.status < 300) {
    if (sid != nullptr) return std::string(*sid);
    return fail(Errc::malformed, "the carrier took the message without a sid", unknown_error);
  }
  const auto* code = body ? base::json::find(*body, "code") : nullptr;
  const bool has_code = code != nullptr && code->is_int64();
  return fail(
      Errc::refused, "the carrier refused the message with " + std::to_string(response.status),
      has_code ? static_cast<int>(code->get_int64()) : unknown_error
  );
}

http::Response empty_document() {
  return http::xml(200, R"(<?xml version="1.0" encoding="UTF-8"?><Response/>)");
}

}  // namespace

TwilioMessageCarrier::TwilioMessageCarrier(
    call::WebClient& web, Settings settings, std::function<std::string()> own_url
)
    : web_(web),
      settings_(std::move(settings)),
      own_url_(std::move(own_url)),
      signer_(settings_.auth_token) {
  while (settings_.url.ends_with('/')) settings_.url.pop_back();
}

void TwilioMessageCarrier::add_to(http::Router& router, call::Messages& messages) {
  const std::string path = "POST /carriers/" + settings_.name;
  router.add(path + "/message-status", http::immediate([this, &messages](const auto& request) {
               return take_status(request, messages);
             }));
  router.add(path + "/message", [this, &messages](http::Request request) {
    return take_message(std::move(request), messages);
  });
}

std::string TwilioMessageCarrier::with_credentials(std::string_view url) const {
  const auto host = url.find("://") + 3;
  return std::string(url.substr(0, host)) + base::percent_encode(settings_.account_sid) + ":" +
         base::percent_encode(settings_.auth_token) + "@" + std::string(url.substr(host));
}

call::WebRequest TwilioMessageCarrier::to_request(const call::MessageRecord& message) const {
  call::WebRequest request;
  request.url = with_credentials(settings_.url) + "/2010-04-01/Accounts/" + settings_.account_sid +
                "/Messages.json#rc=0";
  request.signature = call::Delivery::Signature::none;
  request.form = {{"To", message.to}, {"From", message.from}};
  if (!message.body.empty()) request.form.emplace_back("Body", message.body);
  for (const std::string& url : message.media_urls) request.form.emplace_back("MediaUrl", url);
  if (const std::string own = own_url_(); !own.empty())
    request.form.emplace_back(
        "StatusCallback", own + "/carriers/" + settings_.name + "/message-status"
    );
  return request;
}

Task<Result<std::string>> TwilioMessageCarrier::send(call::MessageRecord message) {
  call::WebRequest request = to_request(message);
  const auto response = co_await web_.send(std::move(request));
  if (response) co_return read_answer(*response);
  if (was_not_reached(response.error().detail))
    co_return fail(Errc::unavailable, "the carrier cannot be reached");
  co_return fail(
      Errc::io, "the carrier did not answer; the message may have been sent", unknown_error
  );
}

Result<http::Form> TwilioMessageCarrier::read_signed(const http::Request& request) const {
  BELFRY_TRY(form, http::Form::parse(request.body));
  const auto signature = request.headers.get("X-Twilio-Signature");
  if (!signature) return fail(Errc::unauthorized, "no signature");
  // What the carrier was told to ask is what it signed, whatever stands in front of us.
  const std::string own = own_url_();
  const bool right =
      (!own.empty() && signer_.verify(own + request.target, form.fields(), *signature)) ||
      signer_.verify(request.url(), form.fields(), *signature);
  if (!right) return fail(Errc::unauthorized, "wrong signature");
  return form;
}

http::Response TwilioMessageCarrier::take_status(
    const http::Request& request, call::Messages& messages
) const {
  const auto form = read_signed(request);
  if (!form) return http::problem(403, "The request is not signed by the carrier");
  const auto status = call::parse_message_status(form->value_or("MessageStatus", ""));
  const std::string id = form->value_or("MessageSid", "");
  if (!status || id.empty()) return http::empty(204);
  const bool is_news =
      *status == call::MessageStatus::delivered || *status == call::MessageStatus::undelivered ||
      *status == call::MessageStatus::failed || *status == call::MessageStatus::read;
  if (!is_news) return http::empty(204);
  call::MessageReport report;
  report.status = *status;
  if (const auto code = base::parse_unsigned(form->value_or("ErrorCode", ""));
      code && *code < 100'000)
    report.error_code = static_cast<int>(*code);
  report.error_message = base::truncate_utf8(form->value_or("ErrorMessage", ""), 300);
  messages.report_by_carrier(settings_.name, id, std::move(report));
  return http::empty(204);
}

Task<Result<call::MessageFile>> TwilioMessageCarrier::fetch_file(
    std::string url, std::string type
) {
  call::WebRequest request;
  request.method = "GET";
  request.signature = call::Delivery::Signature::none;
  request.max_body = max_medium_bytes;
  // Our credentials go to the carrier itself, to nobody that it names (rule S5's reason).
  const bool at_carrier = origin_of(url) == origin_of(settings_.url);
  request.url = at_carrier ? with_credentials(url) : url;
  auto response = co_await web_.send(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  if (response->status != 200) co_return fail(Errc::unavailable, "the medium is not there");
  co_return call::MessageFile{"", std::move(type), std::move(response->body)};
}

Task<http::Response> TwilioMessageCarrier::take_message(
    http::Request request, call::Messages& messages
) {
  auto form = read_signed(request);
  if (!form) co_return http::problem(403, "The request is not signed by the carrier");
  call::IncomingMessage message;
  message.from = form->value_or("From", "");
  message.to = form->value_or("To", "");
  message.body = form->value_or("Body", "");
  message.carrier = settings_.name;
  message.carrier_id = form->value_or("MessageSid", "");
  const auto count = base::parse_unsigned(form->value_or("NumMedia", "0")).value_or(0);
  for (std::size_t i = 0; i < std::min<std::size_t>(count, max_media); ++i) {
    std::string url = form->value_or("MediaUrl" + std::to_string(i), "");
    std::string type = form->value_or("MediaContentType" + std::to_string(i), "");
    auto file = co_await fetch_file(std::move(url), std::move(type));
    if (!file) co_return http::problem(502, "A medium of the message could not be fetched");
    message.files.push_back(std::move(*file));
  }
  const auto received = co_await messages.receive(std::move(message));
  if (received) co_return empty_document();
  if (received.error().code == Errc::not_found)
    co_return http::problem(404, "The number is none of ours");
  co_return http::problem(503, "The message could not be stored");  // it comes again
}

}  // namespace belfry::compat::twilio
