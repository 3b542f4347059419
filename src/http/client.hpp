#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "http/headers.hpp"
#include "net/driver.hpp"
#include "net/egress_policy.hpp"

namespace belfry::http {

/// Why there is no answer; the `detail` of the error. Twilio's face makes its 112xx codes of it.
enum class ClientFailure {
  none,
  bad_url,             // does not parse, or leads to something that does not
  bad_host,            // the name does not resolve
  connect_timeout,     // nobody answered the connection
  refused,             // somebody said no to it
  timeout,             // connected, but the whole took too long
  tls,                 // handshake or certificate
  too_many_redirects,  // more than asked for
  body_too_large,
  protocol,  // what came is not HTTP, or ended in the middle
  egress_denied,
  failed,  // anything else: overload, no memory
};
ClientFailure failure_of(const base::Error& error);

/// A Set-Cookie header.
struct SetCookie {
  std::string url;   // whose answer had it, without credentials
  std::string text;  // as it came
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;  // user and password in it become Basic credentials
  Headers headers;
  std::string body;
  std::vector<std::pair<std::string, std::string>> cookies;
  int redirects = 10;  // 0: a 3xx is the answer
  /// Before it is sent to where a redirect leads, which `url` then says: signs it anew, adds
  /// the cookies that the answers so far have set. Must not change `url`.
  std::function<void(ClientRequest& redirected, const std::vector<SetCookie>& set_cookies)>
      on_redirect;
  std::size_t max_body = 64 << 10;
  base::Duration connect_time = std::chrono::seconds(5);
  base::Duration total_time = std::chrono::seconds(15);  // with all redirects
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
  std::string url;                     // of the last hop, without credentials
  std::vector<SetCookie> set_cookies;  // of all hops
};

/// Asks other servers. An interface, so that a simulation can put its own network behind it.
/// Control thread. Destroying the task cancels the request. Outlives its tasks.
class Client {
 public:
  virtual ~Client() = default;
  /// Error text never holds bytes of the answer (rule W1).
  virtual base::Task<base::Result<ClientResponse>> send(ClientRequest request) = 0;
};

struct CurlClientSettings {
  std::optional<std::filesystem::path> extra_ca;  // PEM, besides the system's
  long connections = 128;
  long connections_per_host = 5;  // more wait, within their own time limit
  std::size_t requests = 1024;    // under way or waiting; beyond: Errc::unavailable
  std::string user_agent = "Belfry";
};

/// The real one: HTTP/1.1 with pooled connections. Every hop's URL and the address that is really
/// connected to are checked against `policy` (rule W1); proxies of the environment are not used.
/// 301 to 303 become GET; credentials and cookies stay with their origin.
std::unique_ptr<Client> make_curl_client(
    net::Driver& driver, const net::EgressPolicy& policy, CurlClientSettings settings
);

}  // namespace belfry::http
