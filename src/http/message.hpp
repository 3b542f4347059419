#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/task.hpp"
#include "http/form.hpp"
#include "http/headers.hpp"
#include "net/address.hpp"

namespace belfry::http {

class WebSocket;

/// What a handler gets. A value: it can be made without a socket (simulation, calls to ourselves).
struct Request {
  std::string method = "GET";
  std::string target = "/";  // as received: signatures are computed over it
  std::string path = "/";    // the part before `?`, still percent-encoded
  std::string query;         // the part after it, still percent-encoded
  Headers headers;
  std::string body;
  std::map<std::string, std::string> params;  // of the route's template, decoded
  std::string route;                          // the template, for logs
  net::Address remote;
  net::Address local;   // the listener's side
  bool secure = false;  // came by TLS
  std::string id;       // X-Request-Id

  bool is_loopback() const { return remote.is_loopback(); }
  /// Host header without port, lower case.
  std::string host_name() const;
  /// `https://host:port` + target, as the client wrote it.
  std::string url() const;
  /// Empty when the template has no such parameter.
  const std::string& param(const std::string& name) const;
  /// Media type of the body without parameters, lower case.
  std::string content_type() const;

  /// From `METHOD` and an origin-form target.
  static Request make(std::string method, std::string target, std::string body = {});
};

/// A body that is made while it is sent. Destroyed when the client has gone.
struct BodyStream {
  virtual ~BodyStream() = default;
  /// The next piece; nothing at the end. Destroying the task must be harmless.
  virtual base::Task<std::optional<std::string>> next() = 0;
};

/// What becomes of a connection after a 101: a WebSocket until `serve` returns, which then closes
/// it.
struct Upgrade {
  std::size_t max_message = 64 << 10;
  std::function<base::Task<void>(WebSocket&)> serve;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Instead of `body`. One whose handler sets Content-Length has that many bytes.
  std::unique_ptr<BodyStream> stream;
  std::optional<Upgrade> upgrade;  // with status 101
};

std::string_view status_phrase(int status);

Response empty(int status);
Response text(int status, std::string body);
Response html(int status, std::string body);
Response xml(int status, std::string body);
Response json(int status, const base::json::value& body);
/// RFC 9457 with type `about:blank`; `detail` is for people and safe to show.
Response problem(int status, std::string_view detail, std::string_view code = {});
/// 303 after a form, 302, 307, 308.
Response redirect(int status, std::string location);

}  // namespace belfry::http
