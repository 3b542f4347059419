#pragma once
#include "call/socket.hpp"
#include "http/websocket.hpp"
#include "identity/accounts.hpp"

namespace belfry::server {

/// How the call model reaches users' applications by WebSocket: signs the handshake with the
/// account's token and words failures as Twilio's codes. Control thread.
class SocketClient final : public call::SocketClient {
 public:
  SocketClient(http::WebSocketClient& client, const identity::Accounts& accounts)
      : client_(client), accounts_(accounts) {}

  base::Task<base::Result<std::unique_ptr<call::Socket>>> open(call::SocketRequest request
  ) override;

 private:
  http::WebSocketClient& client_;
  const identity::Accounts& accounts_;
};

}  // namespace belfry::server
