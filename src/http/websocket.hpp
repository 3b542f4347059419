#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "http/headers.hpp"
#include "net/driver.hpp"
#include "net/egress_policy.hpp"
#include "net/resolver.hpp"

namespace belfry::http {

/// One open WebSocket. Control thread. Destroying it drops the connection without a goodbye.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// The next message, text or binary; one reader. Pings are answered while somebody waits here.
  /// Destroying the task loses nothing.
  /// @return Errc::cancelled at the end; the close code is in `Error::detail` (1006: the connection
  /// broke, or nothing was heard for 60 s; ours when the peer broke a rule).
  virtual base::Task<base::Result<std::string>> receive() = 0;
  /// @return false when it is closed, or the peer is so slow that 1 MiB waits for it.
  virtual bool send(std::string_view text) = 0;
  /// Sends what waits, says goodbye, hears the peer's; at most until `deadline`.
  virtual base::Task<void> close(std::uint16_t code, base::Instant deadline) = 0;
};

/// Why there is no socket; the `detail` of the error.
enum class WebSocketFailure {
  none,
  bad_url,
  bad_scheme,  // no ws or wss; or ws to a public address
  bad_host,    // the name does not resolve
  timeout,
  refused,      // by the peer's machine
  unreachable,  // by the network
  tls,
  handshake,  // the peer answered, but not with a right 101
  egress_denied,
  failed,  // too many sockets
};
WebSocketFailure websocket_failure_of(const base::Error& error);

struct WebSocketRequest {
  std::string url;
  Headers headers;
  std::size_t max_message = 64 << 10;
  base::Duration connect_time = std::chrono::seconds(5);
  base::Duration total_time = std::chrono::seconds(10);  // with the handshake
};

/// Opens WebSockets to other servers. An interface, so that a simulation can put its own network
/// behind it. Control thread. Outlives its tasks and its sockets.
class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;
  /// Destroying the task gives up. Error text never holds what the peer said (rule W1).
  virtual base::Task<base::Result<std::unique_ptr<WebSocket>>> connect(WebSocketRequest request
  ) = 0;
};

struct WebSocketClientSettings {
  std::optional<std::filesystem::path> extra_ca;  // PEM, besides the system's
  std::size_t sockets = 5000;
  /// `ws` is taken only to addresses that are not public: what goes to the internet is encrypted.
  bool plain_to_public = false;
  net::Resolver::Settings resolver = {};
};

/// The real one. The URL and every address that is connected to are checked against `policy` (rule
/// W1); redirects are not followed.
/// @return Errc::io when the certificate authorities cannot be read.
base::Result<std::unique_ptr<WebSocketClient>> make_websocket_client(
    net::Driver& driver, base::Random& random, const net::EgressPolicy& policy,
    WebSocketClientSettings settings
);

}  // namespace belfry::http
