#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "net/url.hpp"

namespace belfry::http {

/// What a server answers to a key: base64 of SHA-1 over it and a fixed GUID (RFC 6455 §4.2.2).
std::string websocket_accept(std::string_view key);

/// The client's side of the opening handshake (RFC 6455 §4.1), without I/O: a request to send, then
/// the answer in any pieces. No extension and no subprotocol is offered, so none may come back.
class WebSocketHandshake {
 public:
  /// @param headers of the caller; names and values must be clean, see `is_clean`.
  WebSocketHandshake(const net::Url& url, const Headers& headers, base::Random& random);

  const std::string& request() const { return request_; }
  /// @return true when the answer is whole and right: then `rest` are the first bytes of frames.
  /// Errc::refused: another status than 101 (`Error::detail`), Errc::malformed: no right answer.
  base::Result<bool> handle_bytes(std::string_view bytes);
  std::string take_rest() { return std::exchange(answer_, {}); }

 private:
  std::string request_;
  std::string accept_;
  std::string answer_;
};

/// The server's side of the opening handshake (RFC 6455 §4.2): 101 with what belongs to it, 400 for
/// a broken one, 426 for a request that asks for no WebSocket or for another version of it. No
/// extension and no subprotocol is taken up (rule X1).
Response answer_websocket(const Request& request);

/// No line break and no NUL in any value, every name a token, none that the handshake makes itself.
bool is_clean(const Headers& headers);

}  // namespace belfry::http
