#include "apps/take5/door.hpp"

#include "base/log.hpp"
#include "http/basic_credentials.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::json::object;
using http::Request;
using http::Response;

constexpr std::uint32_t default_rate = 60;
constexpr const char* retry_after_s = "5";

}  // namespace

Response failed(int status, std::string_view error, object about) {
  object body{{"error", error}};
  for (auto& member : about) body[member.key()] = std::move(member.value());
  return http::json(status, body);
}

Response failure(const base::Error& error, object about) {
  switch (error.code) {
    case Errc::not_found:
      return failed(404, error.message, std::move(about));
    case Errc::invalid_argument:
    case Errc::malformed:
    case Errc::too_large:
      return failed(400, error.message, std::move(about));
    case Errc::conflict:
      return failed(409, error.message, std::move(about));
    case Errc::unavailable: {
      about["message"] = error.message;
      Response response = failed(503, "Service unavailable", std::move(about));
      response.headers.set("Retry-After", retry_after_s);
      return response;
    }
    case Errc::unsupported:
    case Errc::timed_out:
    case Errc::refused:
    case Errc::unauthorized:
    case Errc::forbidden:
    case Errc::io:
    case Errc::cancelled:
    case Errc::internal:
      break;
  }
  base::log::error("take5.failure", {{"why", error.message}});
  about["message"] = error.message;
  return failed(500, "Internal server error", std::move(about));
}

Door::Door(base::Loop& loop, const identity::Accounts& accounts, Settings settings)
    : loop_(loop),
      accounts_(accounts),
      settings_(std::move(settings)),
      callers_(rate_per_minute(), std::chrono::minutes(1)) {}

std::uint32_t Door::rate_per_minute() const {
  return settings_.rate_per_minute.value_or(default_rate);
}

http::Handler Door::guard(http::Handler handler, Limit limit) {
  return [this, handler = std::move(handler), limit](Request request) {
    return let_in(handler, limit, std::move(request));
  };
}

base::Task<Response> Door::let_in(const http::Handler& handler, Limit limit, Request request) {
  if (auto refusal = check_caller(request)) co_return std::move(*refusal);
  if (limit == Limit::rate)
    if (auto refusal = check_rate(request)) co_return std::move(*refusal);
  base::Task<Response> answering = handler(std::move(request));
  co_return co_await std::move(answering);
}

std::optional<Response> Door::check_caller(const Request& request) const {
  if (settings_.open) return std::nullopt;
  if (settings_.has_session && settings_.has_session(request)) return std::nullopt;
  const auto given = http::basic_credentials(request);
  if (given && accounts_.check(given->user, given->secret)) return std::nullopt;
  std::optional<Response> refusal = failed(401, "Unauthorized");
  // To a script of a page browsers would open a window of their own.
  const bool is_script = request.headers.get("Sec-Fetch-Mode").value_or("navigate") != "navigate";
  refusal->headers.set(
      "WWW-Authenticate", is_script ? R"(Session realm="Take5")" : R"(Basic realm="Take5")"
  );
  return refusal;
}

std::optional<Response> Door::check_rate(const Request& request) {
  if (!settings_.rate_per_minute && request.is_loopback()) return std::nullopt;
  const auto wait = callers_.take(request.remote.ip.to_string(), loop_.now());
  if (!wait) return std::nullopt;
  std::optional<Response> refusal = failed(429, "Too many requests");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  refusal->headers.set("Retry-After", std::to_string(seconds));
  return refusal;
}

}  // namespace belfry::apps::take5
