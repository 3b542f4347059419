#include "sinks/aws_client.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "net/url.hpp"

namespace belfry::sinks {

using base::Result;
using base::Task;

std::string AwsClient::origin_of(const std::string& service) const {
  if (settings_.endpoint_url.empty())
    return "https://" + service + "." + settings_.region + ".amazonaws.com";
  std::string origin = settings_.endpoint_url;
  while (origin.ends_with('/')) origin.pop_back();
  return origin;
}

Task<Result<http::ClientResponse>> AwsClient::send(Request request) {
  const auto credentials = co_await credentials_.get();
  if (!credentials) co_return base::fail(credentials.error());
  http::ClientRequest prepared;
  prepared.method = request.method;
  prepared.url = origin_of(request.service) + request.path;
  if (!request.query.empty()) prepared.url += "?" + request.query;
  const auto url = net::Url::parse(prepared.url);
  if (!url) co_return base::fail(url.error());
  prepared.redirects = 0;
  prepared.total_time = request.total_time;
  identity::sigv4::Request part{request.method, request.path, request.query, {}};
  part.headers.emplace_back("host", url->authority());
  if (!request.content_type.empty())
    part.headers.emplace_back("content-type", request.content_type);
  if (!request.invocation.empty())
    part.headers.emplace_back("amz-sdk-invocation-id", request.invocation);
  for (const auto& [name, value] : request.headers) part.headers.emplace_back(name, value);
  if (request.body_hash.empty()) request.body_hash = base::sha256_hex(request.body);
  identity::sigv4::sign(
      part, request.body_hash, *credentials, settings_.region, request.service, loop_.wall_now()
  );
  for (const auto& [name, value] : part.headers)
    if (name != "host") prepared.headers.add(name, value);
  prepared.headers.set("User-Agent", std::string(user_agent));
  prepared.body = std::move(request.body);
  co_return co_await client_.send(std::move(prepared));
}

bool is_worth_repeating(const Result<http::ClientResponse>& answer) {
  if (!answer) return true;
  // 403: a clock or credentials that somebody will put right.
  return answer->status >= 500 || answer->status == 429 || answer->status == 403 ||
         answer->status == 408 || is_throttled(*answer);
}

bool is_throttled(const http::ClientResponse& answer) {
  constexpr std::array codes = {
      std::string_view("Throttl"),  // Throttling, ThrottlingException, ThrottledException
      std::string_view("RequestLimitExceeded"), std::string_view("TooManyRequests"),
      std::string_view("SlowDown")
  };
  if (answer.status == 429) return true;
  if (answer.status < 400) return false;
  const std::string_view code = xml_element(answer.body, "Code");
  return std::ranges::any_of(codes, [&](std::string_view each) { return code.starts_with(each); });
}

std::string_view xml_element(std::string_view xml, std::string_view name, std::size_t from) {
  const std::string open = "<" + std::string(name) + ">";
  const auto begin = xml.find(open, from);
  if (begin == std::string_view::npos) return {};
  const auto text = begin + open.size();
  return xml.substr(text, std::min(xml.find('<', text), xml.size()) - text);
}

}  // namespace belfry::sinks
