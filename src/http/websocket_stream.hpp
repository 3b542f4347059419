#pragma once
#include <optional>

#include "base/wait.hpp"
#include "http/websocket.hpp"
#include "http/websocket_machine.hpp"
#include "net/byte_stream.hpp"

namespace belfry::http {

/// A `WebSocketMachine` on a connection, either end, from the end of its handshake. Asks the peer
/// with a ping after 20 s of silence and gives up after 60 s. Control thread.
class WebSocketStream : public WebSocket {
 public:
  struct Terms {
    WebSocketMachine::Role role = WebSocketMachine::Role::client;
    std::size_t max_message = 64 << 10;
  };
  WebSocketStream(base::Loop& loop, base::Random& random, net::ByteStream stream, Terms terms);

  /// What came with the handshake already.
  void take(std::string_view first_bytes) { machine_.handle_bytes(first_bytes); }
  /// Says goodbye without waiting for the peer's: `receive` ends with it.
  void leave(std::uint16_t code);

  base::Task<base::Result<std::string>> receive() override;
  bool send(std::string_view text) override;
  base::Task<void> close(std::uint16_t code, base::Instant deadline) override;

 private:
  base::Task<void> read_some();
  base::Task<void> until_closed();
  base::Task<void> write_all();
  void wake_writer();

  base::Loop& loop_;
  net::ByteStream stream_;
  WebSocketMachine machine_;
  base::Instant last_heard_;
  bool pinged_ = false;
  std::optional<WebSocketMachine::Closed> ended_;
  bool writing_ = false;  // or about to
  base::Mailbox<std::monostate> to_write_;
  std::optional<base::Event> written_;  // for `close`
  base::TaskGroup tasks_;               // last: what runs in it uses the rest
};

}  // namespace belfry::http
