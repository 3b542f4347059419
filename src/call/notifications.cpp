#include "call/notifications.hpp"

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "call/outbox.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

constexpr int max_of_call = 50;
constexpr int max_of_account = 1000;
constexpr base::Duration period = 1h;
constexpr std::size_t max_counts = 4096;
constexpr std::size_t max_body = 16'384;

std::string encode(const FormFields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += name + "=" + base::percent_encode(value);
  }
  return text;
}

std::string message_text(const Problem& problem) {
  const bool is_error = problem.level == Problem::Level::error;
  FormFields fields{
      {"ErrorCode", std::to_string(problem.code)},
      {"LogLevel", is_error ? "ERROR" : "WARN"},
      {"Msg", problem.message},
  };
  if (!problem.request_url.empty()) fields.emplace_back("url", problem.request_url);
  return encode(fields);
}

std::string header_text(const WebHeaders& headers) {
  std::string text;
  for (const auto& [name, value] : headers) {
    if (base::equals_ignoring_case(name, "Set-Cookie")) continue;  // a secret of its users
    text += (text.empty() ? "" : "&") + name + "=" + base::percent_encode(value);
  }
  return text;
}

std::string readable(std::string_view body) {
  if (!base::is_valid_utf8(body)) return "(" + std::to_string(body.size()) + " bytes, no text)";
  return std::string(base::truncate_utf8(body, max_body));
}

}  // namespace

std::string_view hint_for(int http_status) {
  if (http_status == 403)
    return "; does its signature check use this account's auth token and the URL as configured?";
  if (http_status == 404) return "; is the path right, and does it take this method?";
  return "";
}

bool Notifications::has_room(const Problem& problem) {
  const base::Instant now = environment_.loop.now();
  if (counts_.size() > max_counts)
    std::erase_if(counts_, [&](const auto& each) { return now - each.second.since > period; });
  if (counts_.size() > max_counts) return false;
  for (const auto& [key, most] :
       {std::pair{problem.call_sid, max_of_call}, std::pair{problem.account_sid, max_of_account}}) {
    if (key.empty()) continue;
    Count& count = counts_.try_emplace(key, Count{now, 0}).first->second;
    if (now - count.since > period) count = {now, 0};
    if (++count.problems > most) return false;
  }
  return true;
}

void Notifications::add(const Problem& problem) {
  if (!has_room(problem)) return;
  Document document;
  document.collection = collection;
  document.key = base::make_sid("NO", environment_.random);
  document.tag = problem.account_sid;
  document.created = environment_.loop.wall_now();
  base::json::object& value = document.value;
  value["account_sid"] = problem.account_sid;
  value["call_sid"] = problem.call_sid;
  value["log"] = problem.level == Problem::Level::error ? "0" : "1";
  value["error_code"] = std::to_string(problem.code);
  value["message_text"] = message_text(problem);
  value["message"] = problem.message;
  value["request_method"] = problem.request_method;
  value["request_url"] = problem.request_url;
  value["request_variables"] = readable(problem.request_variables);
  value["response_status"] = problem.response_status;
  value["response_headers"] = header_text(problem.response_headers);
  value["response_body"] = readable(problem.response_body);
  Changes changes;
  changes.documents.push_back(std::move(document));
  environment_.journal.commit_later(std::move(changes));
}

void Notifications::watch(Outbox& outbox) {
  outbox.on_failure([this](const Delivery& delivery, const base::Result<WebResponse>& response) {
    if (delivery.attempts != 1) return;
    Problem problem;
    problem.account_sid = delivery.account_sid;
    if (base::is_sid(delivery.order_key, "CA")) problem.call_sid = delivery.order_key;
    problem.level = Problem::Level::warning;
    problem.code = 15003;
    problem.request_method = delivery.method;
    problem.request_url = delivery.url;
    problem.request_variables = delivery.body;
    if (response) {
      problem.message = "Got HTTP " + std::to_string(response->status) + " response to " +
                        delivery.url + std::string(hint_for(response->status));
      problem.response_status = response->status;
      problem.response_headers = response->headers;
      problem.response_body = response->body;
    } else {
      problem.message = response.error().message;
    }
    add(problem);
  });
}

}  // namespace belfry::call
