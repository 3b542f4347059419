#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/task.hpp"

namespace belfry::call {

/// An open WebSocket to a user's application. Control thread. Destroying it drops the connection.
class Socket {
 public:
  virtual ~Socket() = default;
  /// The next message. One reader; destroying the task loses nothing.
  /// @return Errc::cancelled at the end, with the close code (RFC 6455 §7.4) in `Error::detail`.
  virtual base::Task<base::Result<std::string>> receive() = 0;
  /// @return false when it is closed, or the other side is too slow and too much waits for it.
  virtual bool send(std::string_view text) = 0;
  /// Sends what waits and says goodbye; gives the other side until `deadline` to do so too.
  virtual base::Task<void> close(std::uint16_t code, base::Instant deadline) = 0;
};

struct SocketRequest {
  std::string url;
  std::string account_sid;              // whose token signs the handshake
  std::size_t max_message = 64 * 1024;  // bytes; a longer one ends the socket
};

/// What opens WebSockets to users' applications: signs the handshake, keeps time-outs and rule W1.
class SocketClient {
 public:
  virtual ~SocketClient() = default;
  /// `Error::detail` is Twilio's code: 31901 time-out, 31902 refused, 31904 unreachable, 31910 TLS,
  /// 31920 no WebSocket server, 31922 scheme, 31923 URL, 31960 too many.
  virtual base::Task<base::Result<std::unique_ptr<Socket>>> open(SocketRequest request) = 0;
};

}  // namespace belfry::call
