#include "http/gate.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/gzip.hpp"
#include "http/text_rules.hpp"

namespace belfry::http {

using base::equals_ignoring_case;
using base::Task;

namespace {

bool changes_state(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

Gate::Gate(Router& router, base::Random& random, Settings settings)
    : router_(router), random_(random), settings_(std::move(settings)) {}

std::string Gate::request_id(const Request& request) {
  const std::string_view given = request.headers.get("X-Request-Id").value_or("");
  const bool harmless =
      !given.empty() && given.size() <= 64 && std::ranges::all_of(given, is_host_character);
  if (harmless) return std::string(given);
  std::array<std::byte, 16> bytes{};
  random_.fill(bytes);
  return base::to_hex(bytes);
}

bool Gate::host_is_ours(const Request& request) const {
  if (!settings_.check_host_on_loopback || !request.local.is_loopback()) return true;
  const std::string name = request.host_name();
  if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") return true;
  return std::ranges::any_of(settings_.host_names, [&](const std::string& ours) {
    return equals_ignoring_case(ours, name);
  });
}

bool Gate::origin_is_listed(std::string_view origin) const {
  return std::ranges::any_of(settings_.origins, [&](const std::string& listed) {
    return listed == "*" || equals_ignoring_case(listed, origin);
  });
}

bool Gate::is_open(std::string_view path) const {
  return std::ranges::find(settings_.open_paths, path) != settings_.open_paths.end();
}

bool Gate::is_same_origin(const Request& request, std::string_view origin) {
  // The scheme is not compared: a proxy in front may have taken TLS off.
  const auto scheme_end = origin.find("://");
  const auto host = request.headers.get("Host");
  return scheme_end != std::string_view::npos && host &&
         equals_ignoring_case(origin.substr(scheme_end + 3), *host);
}

void Gate::allow_origin(std::string_view origin, Response& response) const {
  const bool by_name = std::ranges::any_of(settings_.origins, [&](const std::string& listed) {
    return equals_ignoring_case(listed, origin);
  });
  response.headers.set("Access-Control-Allow-Origin", by_name ? std::string(origin) : "*");
  if (by_name) response.headers.set("Access-Control-Allow-Credentials", "true");
  response.headers.set(
      "Access-Control-Expose-Headers",
      "Location, Link, Retry-After, X-Request-Id, RateLimit, RateLimit-Policy, "
      "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
  );
}

Response Gate::preflight(const Request& request) {
  Response response = empty(204);
  response.headers.add(
      "Access-Control-Allow-Methods",
      std::string(request.headers.get("Access-Control-Request-Method").value_or(""))
  );
  if (const auto headers = request.headers.get("Access-Control-Request-Headers"))
    response.headers.add("Access-Control-Allow-Headers", std::string(*headers));
  response.headers.add("Access-Control-Max-Age", "600");
  return response;
}

void Gate::dress(const Request& request, Response& response) const {
  Headers& headers = response.headers;
  if (!request.id.empty()) headers.set("X-Request-Id", request.id);
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.has("Referrer-Policy")) headers.set("Referrer-Policy", "no-referrer");
  if (headers.get("Content-Type").value_or("").starts_with("text/html") &&
      !headers.has("Content-Security-Policy"))
    headers.set("Content-Security-Policy", settings_.content_security_policy);
  if (!settings_.origins.empty()) headers.add("Vary", "Origin");
}

Task<Response> Gate::answer(Request request) {
  if (request.id.empty()) request.id = request_id(request);
  const std::string origin(request.headers.get("Origin").value_or(""));
  const bool listed = !origin.empty() && origin_is_listed(origin);
  const bool foreign = !origin.empty() && !listed && !is_same_origin(request, origin);
  // What the answer depends on, because the handler takes the request.
  Request asked = Request::make(request.method, request.target);
  asked.id = request.id;
  asked.headers = request.headers;
  Response response;
  if (!host_is_ours(request)) {
    response = router_.error(403, request, "this server is not asked by that Host name");
  } else if (foreign && changes_state(request.method) && !is_open(request.path)) {
    response = router_.error(403, request, "pages of another origin may not do this");
  } else if (listed && request.method == "OPTIONS" &&
             request.headers.has("Access-Control-Request-Method")) {
    response = preflight(request);
  } else {
    Task<Response> dispatching = router_.dispatch(std::move(request));
    response = co_await std::move(dispatching);
  }
  if (listed) allow_origin(origin, response);
  dress(asked, response);
  compress(asked, response);
  co_return response;
}

}  // namespace belfry::http
