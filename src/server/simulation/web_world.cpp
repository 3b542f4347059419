#include "server/simulation/web_world.hpp"

#include "base/wait.hpp"

namespace belfry::server::simulation {
namespace {

using http::ClientFailure;
using http::ClientRequest;
using http::ClientResponse;
using Outcome = base::Result<ClientResponse>;

std::string origin_of(const std::string& url) {
  const auto host = url.find("://");
  return host == std::string::npos ? "" : url.substr(0, url.find_first_of("/?#", host + 3));
}

std::unexpected<base::Error> failed(base::Errc code, std::string why, ClientFailure failure) {
  return base::fail(code, std::move(why), static_cast<int>(failure));
}

bool is_redirect(const WebAnswer& answer) {
  return answer.status >= 300 && answer.status < 400 && !answer.location.empty();
}

/// The request that a redirect asks for (RFC 9110 section 15.4).
void follow(ClientRequest& request, const WebAnswer& answer) {
  const bool absolute = answer.location.find("://") != std::string::npos;
  request.url = absolute ? answer.location : origin_of(request.url) + answer.location;
  if (answer.status > 303) return;
  request.method = "GET";
  request.body.clear();
}

Outcome to_response(const ClientRequest& request, WebAnswer answer) {
  if (std::max(answer.body.size(), answer.endless_to) > request.max_body) {
    return failed(base::Errc::too_large, "the answer is too large", ClientFailure::body_too_large);
  }
  ClientResponse response;
  response.status = answer.status;
  response.headers.set("Content-Type", answer.content_type);
  response.body = std::move(answer.body);
  response.url = request.url;
  if (!answer.set_cookie.empty()) response.set_cookies.push_back({request.url, answer.set_cookie});
  return response;
}

}  // namespace

class WebWorld::Connection final : public http::Client {
 public:
  Connection(WebWorld& world, base::Loop& loop) : world_(world), loop_(loop) {}

  base::Task<Outcome> send(ClientRequest request) override {
    const base::Duration limit = request.total_time;
    base::Task<Outcome> exchange = follow_all(std::move(request));
    auto outcome = co_await base::with_time_limit(loop_, std::move(exchange), limit);
    if (outcome) co_return std::move(*outcome);
    co_return failed(base::Errc::timed_out, "no answer in time", ClientFailure::timeout);
  }

 private:
  base::Task<Outcome> follow_all(ClientRequest request) {
    for (int hops = 0;; ++hops) {
      if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) {
        co_return failed(base::Errc::invalid_argument, "no web URL", ClientFailure::bad_url);
      }
      WebAnswer answer = world_.ask(request, loop_.wall_now());
      co_await base::sleep_for(loop_, answer.delay);
      switch (answer.fault) {
        case WebAnswer::Fault::none:
          break;
        case WebAnswer::Fault::refused:
          co_return failed(base::Errc::io, "connection refused", ClientFailure::refused);
        case WebAnswer::Fault::reset:
          co_return failed(base::Errc::io, "connection reset", ClientFailure::protocol);
        case WebAnswer::Fault::hang:
          co_await base::sleep_until(loop_, base::Instant::max());
      }
      if (!is_redirect(answer) || request.redirects == 0) {
        co_return to_response(request, std::move(answer));
      }
      if (hops == request.redirects) {
        co_return failed(
            base::Errc::refused, "too many redirects", ClientFailure::too_many_redirects
        );
      }
      follow(request, answer);
    }
  }

  WebWorld& world_;
  base::Loop& loop_;
};

std::unique_ptr<http::Client> WebWorld::connect(base::Loop& loop) {
  return std::make_unique<Connection>(*this, loop);
}

WebAnswer WebWorld::ask(const ClientRequest& request, base::WallTime now) {
  const std::string origin = origin_of(request.url);
  const auto server = servers_.find(origin);
  if (server == servers_.end()) {
    WebAnswer nobody;
    nobody.fault = WebAnswer::Fault::refused;
    return nobody;
  }
  received_[origin].push_back({now, request});
  return server->second(request);
}

}  // namespace belfry::server::simulation
