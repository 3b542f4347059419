#include "call/schedule/call_terms.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "call/json_members.hpp"
#include "call/schedule/local_time.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::json::object;

constexpr std::size_t max_spoken = 4096;
constexpr std::size_t max_document = std::size_t{64} * 1024;  // rule W2
constexpr std::size_t max_url = 8192;
constexpr std::int64_t most_attempts = 20;
constexpr std::chrono::seconds longest_delay = std::chrono::days(7);

std::unexpected<base::Error> wrong(std::string_view member, std::string_view what) {
  return base::fail(Errc::invalid_argument, std::string(member) + " " + std::string(what));
}

Result<std::string> read_text(const object& value, std::string_view name, std::size_t most) {
  const auto* member = base::json::find(value, name);
  if (member == nullptr || member->is_null()) return std::string();
  if (!member->is_string() || member->as_string().size() > most)
    return wrong(name, "is a text of at most " + std::to_string(most) + " bytes");
  return std::string(member->as_string());
}

Result<std::int64_t> read_count(
    const object& value, std::string_view name, std::int64_t lowest, std::int64_t highest,
    std::int64_t otherwise
) {
  const auto* member = base::json::find(value, name);
  if (member == nullptr || member->is_null()) return otherwise;
  const std::int64_t number = member->is_int64() ? member->as_int64() : lowest - 1;
  if (number < lowest || number > highest)
    return wrong(
        name, "is a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest)
    );
  return number;
}

Result<object> read_object(const object& value, std::string_view name) {
  const auto* member = base::json::find(value, name);
  if (member == nullptr || member->is_null()) return object();
  if (!member->is_object()) return wrong(name, "is an object");
  return member->as_object();
}

bool is_web_address(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

Result<ProgramSpec> read_program(const object& value) {
  ProgramSpec program{"twiml", {}};
  int given = 0;
  const std::array<std::pair<std::string_view, std::size_t>, 3> ways = {
      {{"say", max_spoken}, {"twiml", max_document}, {"url", max_url}}
  };
  for (const auto& [way, most] : ways) {
    BELFRY_TRY(text, read_text(value, way, most));
    if (text.empty()) continue;
    program.parameters[way] = text;
    ++given;
  }
  if (given != 1) return wrong("exactly one of say, twiml and url", "says what the calls do");
  BELFRY_TRY(method, read_text(value, "method", 8));
  BELFRY_TRY(fallback, read_text(value, "fallback_url", max_url));
  if (!program.parameters.contains("url")) return program;
  if (!is_web_address(text_member(program.parameters, "url")))
    return wrong("url", "begins with http:// or https://");
  if (!fallback.empty() && !is_web_address(fallback))
    return wrong("fallback_url", "begins with http:// or https://");
  if (!method.empty() && method != "GET" && method != "POST")
    return wrong("method", "is GET or POST");
  program.parameters["method"] = method.empty() ? "POST" : method;
  if (!fallback.empty()) program.parameters["fallback_url"] = fallback;
  return program;
}

Result<RetryPolicy> read_retry(const object& value) {
  RetryPolicy retry;
  BELFRY_TRY(member, read_object(value, "retry"));
  BELFRY_TRY(attempts, read_count(member, "attempts", 1, most_attempts, retry.attempts));
  BELFRY_TRY(delay, read_count(member, "delay_s", 0, longest_delay.count(), retry.delay.count()));
  retry.attempts = static_cast<int>(attempts);
  retry.delay = std::chrono::seconds(delay);
  const auto* on = base::json::find(member, "on");
  if (on == nullptr) return retry;
  if (!on->is_array()) return wrong("retry.on", "is a list");
  retry.on.clear();
  for (const base::json::value& each : on->as_array()) {
    const auto status =
        each.is_string() ? parse_leg_status(std::string_view(each.as_string())) : std::nullopt;
    if (!status || !is_final(*status) || *status == LegStatus::completed)
      return wrong("retry.on", "is a list of no-answer, busy, failed, canceled");
    retry.on.push_back(*status);
  }
  return retry;
}

Result<std::optional<CallingHours>> read_hours(const object& value) {
  BELFRY_TRY(member, read_object(value, "calling_hours"));
  if (member.empty()) return std::nullopt;
  const auto from = parse_time_of_day(text_member(member, "from"));
  const auto until = parse_time_of_day(text_member(member, "until"));
  if (!from || !until || *from >= *until)
    return wrong("calling_hours", R"(is like {"from": "08:00", "until": "21:00"})");
  return CallingHours{.from = *from, .until = *until};
}

/// `{{name}}` by what `value_of` says.
std::string fill_in(
    std::string_view text, const std::function<std::string(const std::string&)>& value_of
) {
  std::string filled;
  while (true) {
    const auto open = text.find("{{");
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return filled.append(text);
    filled.append(text.substr(0, open));
    filled += value_of(std::string(base::trim(text.substr(open + 2, close - open - 2))));
    text.remove_prefix(close + 2);
  }
}

}  // namespace

bool RetryPolicy::wants_another(LegStatus status, int attempts_so_far) const {
  return attempts_so_far < attempts && std::ranges::find(on, status) != on.end();
}

Result<CallTerms> CallTerms::from_json(const object& value) {
  CallTerms terms;
  BELFRY_TRY(from, read_text(value, "from", 300));
  BELFRY_TRY(account_sid, read_text(value, "account_sid", 34));
  BELFRY_TRY(application, read_text(value, "application", 64));
  BELFRY_TRY(program, read_program(value));
  BELFRY_TRY(callback, read_text(value, "status_callback", max_url));
  BELFRY_TRY(ring_s, read_count(value, "ring_timeout_s", 1, 600, terms.ring_timeout.count()));
  BELFRY_TRY(most_s, read_count(value, "max_duration_s", 1, 86'400, terms.max_duration.count()));
  BELFRY_TRY(retry, read_retry(value));
  BELFRY_TRY(hours, read_hours(value));
  if (!callback.empty() && !is_web_address(callback))
    return wrong("status_callback", "begins with http:// or https://");
  terms.from = std::move(from);
  terms.account_sid = std::move(account_sid);
  terms.application = std::move(application);
  terms.program = std::move(program);
  terms.status_callback.url = std::move(callback);
  terms.ring_timeout = std::chrono::seconds(ring_s);
  terms.max_duration = std::chrono::seconds(most_s);
  terms.retry = std::move(retry);
  terms.hours = hours;
  return terms;
}

object CallTerms::to_json() const {
  object value = program.parameters;
  base::json::array on;
  for (const LegStatus status : retry.on) on.emplace_back(to_string(status));
  value["from"] = from;
  value["account_sid"] = account_sid;
  value["application"] = application;
  value["status_callback"] = status_callback.url;
  value["ring_timeout_s"] = ring_timeout.count();
  value["max_duration_s"] = max_duration.count();
  value["retry"] =
      object{{"attempts", retry.attempts}, {"delay_s", retry.delay.count()}, {"on", std::move(on)}};
  if (hours)
    value["calling_hours"] =
        object{{"from", to_text(hours->from)}, {"until", to_text(hours->until)}};
  return value;
}

ProgramSpec CallTerms::program_for(const Variables& variables) const {
  ProgramSpec filled = program;
  const auto fill = [&](std::string_view name, std::string (*escape)(std::string_view)) {
    const std::string text = text_member(filled.parameters, name);
    if (text.empty()) return;
    filled.parameters[name] = fill_in(text, [&](const std::string& variable) {
      const auto found = variables.find(variable);
      return found == variables.end() ? std::string() : escape(found->second);
    });
  };
  fill("say", [](std::string_view words) { return std::string(words); });
  fill("twiml", [](std::string_view words) { return base::escape_xml(words); });
  const auto encode = [](std::string_view words) { return base::percent_encode(words); };
  fill("url", encode);
  fill("fallback_url", encode);
  return filled;
}

}  // namespace belfry::call::schedule
