#include "server/web_client.hpp"

#include "base/text.hpp"
#include "http/form.hpp"
#include "twiml/cookie_jar.hpp"
#include "twiml/url.hpp"

namespace belfry::server {
namespace {

using Cookies = std::vector<http::SetCookie>;

/// Twilio's error codes for what can go wrong before there is an answer.
int twilio_code(http::ClientFailure failure) {
  switch (failure) {
    case http::ClientFailure::bad_url:
      return 11100;
    case http::ClientFailure::connect_timeout:
      return 11201;
    case http::ClientFailure::refused:
      return 11202;
    case http::ClientFailure::timeout:
      return 11203;
    case http::ClientFailure::protocol:
      return 11206;
    case http::ClientFailure::bad_host:
      return 11210;
    case http::ClientFailure::too_many_redirects:
      return 11215;
    case http::ClientFailure::tls:
      return 11220;
    case http::ClientFailure::body_too_large:
      return 11750;
    case http::ClientFailure::none:
    case http::ClientFailure::egress_denied:
    case http::ClientFailure::failed:
      return 11200;
  }
  return 11200;
}

bool is_connect_failure(http::ClientFailure failure) {
  return failure == http::ClientFailure::connect_timeout || failure == http::ClientFailure::refused;
}

bool asks_for_retry(
    const base::Result<http::ClientResponse>& result, const twiml::UrlOverrides& overrides
) {
  if (!result) {
    const http::ClientFailure failure = http::failure_of(result.error());
    if (is_connect_failure(failure)) return overrides.retry_connect;
    return failure == http::ClientFailure::timeout && overrides.retry_read;
  }
  if (result->status >= 500) return overrides.retry_5xx;
  return result->status >= 400 && overrides.retry_4xx;
}

http::Form to_form(const call::FormFields& fields) {
  http::Form form;
  for (const auto& [name, value] : fields) form.add(name, value);
  return form;
}

std::string with_query(std::string url, const std::string& query) {
  if (query.empty()) return url;
  url += url.contains('?') ? '&' : '?';
  return url + query;
}

/// A cookie that a redirect sets is sent to where it leads, if it belongs there.
void add_cookies(const Cookies& set_cookies, base::WallTime now, http::ClientRequest& hop) {
  twiml::CookieJar jar;
  for (const http::SetCookie& cookie : set_cookies) jar.store(cookie.url, cookie.text, now);
  for (const std::string& cookie : jar.cookies_for(hop.url, now)) {
    const auto split = cookie.find('=');
    const std::string name = cookie.substr(0, split);
    std::erase_if(hop.cookies, [&](const auto& sent) { return sent.first == name; });
    hop.cookies.emplace_back(name, cookie.substr(split + 1));
  }
}

call::WebResponse to_response(http::ClientResponse answer, std::chrono::milliseconds took) {
  call::WebResponse response;
  response.status = answer.status;
  const auto content_type = answer.headers.get("Content-Type").value_or("");
  response.content_type =
      base::to_lower(base::trim(content_type.substr(0, content_type.find(';'))));
  response.body = std::move(answer.body);
  response.final_url = std::move(answer.url);
  for (http::SetCookie& cookie : answer.set_cookies)
    response.set_cookies.push_back({std::move(cookie.url), std::move(cookie.text)});
  response.took = took;
  for (const auto& [name, value] : answer.headers) response.headers.emplace_back(name, value);
  response.etag = answer.headers.get("ETag").value_or("");
  response.last_modified = answer.headers.get("Last-Modified").value_or("");
  return response;
}

}  // namespace

base::Task<base::Result<call::WebResponse>> WebClient::send(call::WebRequest request) {
  auto target = twiml::read_url_overrides(request.url);
  if (!target) co_return base::fail(target.error());
  http::ClientRequest prepared = prepare(request, target->url);
  const twiml::UrlOverrides overrides = target->overrides;
  const base::Instant began = loop_.now();
  auto answer = co_await exchange(std::move(prepared), overrides, request.own_application);
  if (!answer) {
    const int code = twilio_code(http::failure_of(answer.error()));
    co_return base::fail(answer.error().code, answer.error().message, code);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now() - began);
  co_return to_response(std::move(*answer), took);
}

http::ClientRequest WebClient::prepare(const call::WebRequest& request, const std::string& url)
    const {
  http::ClientRequest prepared;
  prepared.method = request.method;
  prepared.url = url;
  prepared.max_body = request.max_body;
  for (const auto& [name, value] : request.headers) prepared.headers.add(name, value);
  for (const std::string& cookie : request.cookies) {
    const auto split = cookie.find('=');
    prepared.cookies.emplace_back(
        cookie.substr(0, split), split == std::string::npos ? "" : cookie.substr(split + 1)
    );
  }
  if (!request.content_type.empty()) {
    prepared.headers.set("Content-Type", request.content_type);
    prepared.body = request.body;
  } else if (request.method == "GET") {
    prepared.url = with_query(url, to_form(request.form).serialize());
  } else {
    prepared.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    prepared.body = to_form(request.form).serialize();
  }
  prepared.headers.set("User-Agent", "TwilioProxy/1.1");
  prepared.headers.set("Accept", "*/*");
  sign(request, prepared);
  prepared.on_redirect = [this, resign = std::move(prepared.on_redirect
                                )](http::ClientRequest& hop, const Cookies& set_cookies) {
    add_cookies(set_cookies, loop_.wall_now(), hop);
    if (resign) resign(hop, set_cookies);
  };
  return prepared;
}

void WebClient::sign(const call::WebRequest& request, http::ClientRequest& prepared) const {
  switch (request.signature) {
    case call::Delivery::Signature::none:
      return;
    case call::Delivery::Signature::twilio: {
      if (!request.idempotency_id.empty()) {
        prepared.headers.set("I-Twilio-Idempotency-Token", request.idempotency_id);
      }
      sign_as_twilio(request, prepared);
      return;
    }
    case call::Delivery::Signature::standard: {
      const auto now =
          std::chrono::floor<std::chrono::seconds>(loop_.wall_now()).time_since_epoch().count();
      prepared.headers.set("webhook-id", request.idempotency_id);
      prepared.headers.set("webhook-timestamp", std::to_string(now));
      if (settings_.standard)
        prepared.headers.set(
            "webhook-signature",
            settings_.standard->sign(request.idempotency_id, now, prepared.body)
        );
      sign_as_twilio(request, prepared);  // a receiver checks the one that it has the means for
      return;
    }
  }
}

void WebClient::sign_as_twilio(const call::WebRequest& request, http::ClientRequest& prepared)
    const {
  const bool is_form =
      request.content_type.empty() || request.content_type.starts_with("application/x-www-form");
  if (!is_form) prepared.url = identity::with_body_hash(prepared.url, prepared.body);
  set_twilio_signature(request.account_sid, prepared);
  prepared.on_redirect = [this, account_sid =
                                    request.account_sid](http::ClientRequest& hop, const Cookies&) {
    set_twilio_signature(account_sid, hop);
  };
}

/// What receives it checks the URL that it sees: the one of this hop, without user and password.
void WebClient::set_twilio_signature(const std::string& account_sid, http::ClientRequest& prepared)
    const {
  const identity::TwilioSigner signer(settings_.accounts.token_of(account_sid));
  const std::string url = twiml::url_for_people(prepared.url);
  const auto type = prepared.headers.get("Content-Type").value_or("");
  http::Form form;
  if (type.starts_with("application/x-www-form"))
    form = http::Form::parse(prepared.body).value_or(http::Form());
  prepared.headers.set("X-Twilio-Signature", signer.sign(url, form.fields()));
}

base::Task<base::Result<http::ClientResponse>> WebClient::exchange(
    http::ClientRequest prepared, twiml::UrlOverrides overrides, bool own_application
) {
  if (own_application) co_return co_await ask_ourselves(std::move(prepared));
  const base::Instant deadline = loop_.now() + overrides.total_timeout;
  prepared.connect_time = overrides.connect_timeout;
  for (int retries_left = overrides.retries;; --retries_left) {
    prepared.total_time = std::min<base::Duration>(overrides.read_timeout, deadline - loop_.now());
    http::ClientRequest attempt = prepared;
    auto answer = co_await client_.send(std::move(attempt));
    if (retries_left <= 0 || loop_.now() >= deadline || !asks_for_retry(answer, overrides)) {
      co_return std::move(answer);
    }
  }
}

base::Task<base::Result<http::ClientResponse>> WebClient::ask_ourselves(http::ClientRequest prepared
) {
  const auto scheme_end = prepared.url.find("://");
  const auto host = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  const auto path = prepared.url.find('/', host);
  const std::string target = path == std::string::npos ? "/" : prepared.url.substr(path);
  http::Request request = http::Request::make(prepared.method, target, std::move(prepared.body));
  request.headers = std::move(prepared.headers);
  request.headers.set(
      "Host", prepared.url.substr(host, path == std::string::npos ? path : path - host)
  );
  request.remote.ip = net::IpAddress::v4({127, 0, 0, 1});
  request.secure = prepared.url.starts_with("https:");
  auto response = co_await own_.dispatch(std::move(request));
  http::ClientResponse answer;
  answer.status = response.status;
  answer.headers = std::move(response.headers);
  answer.body = std::move(response.body);
  answer.url = std::move(prepared.url);
  co_return answer;
}

}  // namespace belfry::server
