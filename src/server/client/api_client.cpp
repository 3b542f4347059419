#include "server/client/api_client.hpp"

#include <cstdlib>
#include <span>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "server/client/run_to_end.hpp"

namespace belfry::server {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::json::value;

constexpr std::size_t max_answer = 1 << 20;

Errc errc_of(int status) {
  if (status == 404) return Errc::not_found;
  if (status == 409) return Errc::conflict;
  if (status == 401 || status == 403) return Errc::forbidden;
  return status >= 500 ? Errc::unavailable : Errc::invalid_argument;
}

/// What problem details (RFC 9457) say, one complaint a line; empty when it is none.
std::string complaints_of(const value& problem) {
  std::string text;
  if (const auto* detail = base::json::find_string(problem, "detail")) text = *detail;
  const value* errors = base::json::find(problem, "errors");
  if (errors == nullptr || !errors->is_array()) return text;
  std::string lines;
  for (const value& error : errors->get_array()) {
    if (const auto* message = base::json::find_string(error, "message"))
      lines.append(lines.empty() ? "" : "\n").append(*message);
  }
  return lines.empty() ? text : lines;
}

bool says_json(const http::Headers& headers) {
  const std::string type = base::to_lower(headers.get("Content-Type").value_or(""));
  return type.starts_with("application/json") || type.starts_with("application/problem+json");
}

/// The exception of the egress policy that lets us reach the server that our own user named.
std::string exception_for(const net::Url& server) {
  const std::string host = server.ip && server.ip->is_v6() ? "[" + server.host + "]" : server.host;
  return host + ":" + std::to_string(server.port);
}

std::string nobody_answers(const net::Url& server, const base::Error& error) {
  return "no Belfry answers at " + server.scheme + "://" + server.authority() + " (" +
         error.message + "); start one with `belfry serve`, or name another with --server URL";
}

/// Of a server that asks who it is: `SID:secret` in the environment, where no list of processes
/// shows it.
std::optional<std::string> credentials_of_user() {
  const char* pair = std::getenv("BELFRY_CREDENTIALS");
  if (pair == nullptr || *pair == 0) return std::nullopt;
  return base::to_base64(std::as_bytes(std::span(std::string_view(pair))));
}

}  // namespace

Result<value> read_answer(const http::ClientResponse& answer) {
  const std::string status = std::to_string(answer.status);
  const bool is_success = answer.status >= 200 && answer.status < 300;
  if (is_success && answer.body.empty()) return value(nullptr);
  if (!says_json(answer.headers))
    return fail(
        is_success ? Errc::unsupported : errc_of(answer.status),
        "the server answered " + status + " without JSON: is it a Belfry, and not an older one?"
    );
  BELFRY_TRY(body, base::json::parse(answer.body));
  if (is_success) return body;
  const std::string complaints = complaints_of(body);
  return fail(
      errc_of(answer.status), complaints.empty() ? "the server answered " + status : complaints
  );
}

Result<std::unique_ptr<ApiClient>> ApiClient::create(const std::string& server) {
  const auto url = net::Url::parse(server);
  if (!url) return fail(Errc::invalid_argument, "--server " + server + ": " + url.error().message);
  if (url->scheme != "http" && url->scheme != "https")
    return fail(Errc::invalid_argument, "--server " + server + ": must begin with http://");
  net::EgressPolicy::Settings settings;
  settings.allow_loopback = true;
  settings.allow = {exception_for(*url)};
  BELFRY_TRY(policy, net::EgressPolicy::create(std::move(settings)));
  return std::unique_ptr<ApiClient>(new ApiClient(*url, std::move(policy)));
}

ApiClient::ApiClient(net::Url server, net::EgressPolicy policy)
    : server_(std::move(server)),
      policy_(std::move(policy)),
      client_(http::make_curl_client(driver_, policy_, {})) {}

Result<value> ApiClient::get(const std::string& path) {
  return ask("GET", path, std::nullopt);
}

Result<value> ApiClient::post(const std::string& path, const value& body) {
  return ask("POST", path, base::json::serialize(body));
}

Result<value> ApiClient::put(const std::string& path, const value& body) {
  return ask("PUT", path, base::json::serialize(body));
}

Result<value> ApiClient::remove(const std::string& path) {
  return ask("DELETE", path, std::nullopt);
}

Result<value> ApiClient::ask(
    std::string method, const std::string& path, std::optional<std::string> body
) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.url = server_.scheme + "://" + server_.authority() + path;
  request.max_body = max_answer;
  request.redirects = 0;
  if (const auto credentials = credentials_of_user())
    request.headers.add("Authorization", "Basic " + *credentials);
  if (body) {
    request.headers.add("Content-Type", "application/json");
    request.body = std::move(*body);
  }
  const auto answer = run_to_end(driver_, client_->send(std::move(request)));
  if (!answer) return fail(Errc::unavailable, nobody_answers(server_, answer.error()));
  return read_answer(*answer);
}

void ApiClient::pause(base::Duration time) {
  driver_.run_until([] { return false; }, time);
}

}  // namespace belfry::server
