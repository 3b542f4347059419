#include "server/socket_client.hpp"

#include "identity/twilio_signature.hpp"

namespace belfry::server {
namespace {

using base::Result;
using base::Task;

/// Twilio's error codes for a media stream that does not come to be.
int twilio_code(http::WebSocketFailure failure) {
  switch (failure) {
    case http::WebSocketFailure::timeout:
      return 31901;
    case http::WebSocketFailure::refused:
      return 31902;
    case http::WebSocketFailure::bad_host:
    case http::WebSocketFailure::unreachable:
    case http::WebSocketFailure::egress_denied:
      return 31904;
    case http::WebSocketFailure::tls:
      return 31910;
    case http::WebSocketFailure::handshake:
      return 31920;
    case http::WebSocketFailure::bad_scheme:
      return 31922;
    case http::WebSocketFailure::bad_url:
      return 31923;
    case http::WebSocketFailure::none:
    case http::WebSocketFailure::failed:
      return 31960;
  }
  return 31960;
}

class Socket final : public call::Socket {
 public:
  explicit Socket(std::unique_ptr<http::WebSocket> socket) : socket_(std::move(socket)) {}
  Task<Result<std::string>> receive() override { return socket_->receive(); }
  bool send(std::string_view text) override { return socket_->send(text); }
  Task<void> close(std::uint16_t code, base::Instant deadline) override {
    return socket_->close(code, deadline);
  }

 private:
  std::unique_ptr<http::WebSocket> socket_;
};

}  // namespace

Task<Result<std::unique_ptr<call::Socket>>> SocketClient::open(call::SocketRequest request) {
  const identity::TwilioSigner signer(accounts_.token_of(request.account_sid));
  http::WebSocketRequest prepared;
  prepared.url = std::move(request.url);
  prepared.headers = {
      {"X-Twilio-Signature", signer.sign(prepared.url)}, {"User-Agent", "TwilioMediaStreams/1.0"}
  };
  prepared.max_message = request.max_message;
  Task<Result<std::unique_ptr<http::WebSocket>>> connecting = client_.connect(std::move(prepared));
  auto socket = co_await std::move(connecting);
  if (!socket) {
    const int code = twilio_code(http::websocket_failure_of(socket.error()));
    co_return base::fail(socket.error().code, socket.error().message, code);
  }
  co_return std::make_unique<Socket>(std::move(*socket));
}

}  // namespace belfry::server
