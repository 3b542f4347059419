// Bytes of a peer into both ends of a WebSocket, in pieces (rule X1): the same whatever the pieces,
// within the limits, the end is told once and last; and what one end sends the other reads.
#include "http/websocket_machine.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "http/websocket_handshake.hpp"

using namespace belfry;
using http::WebSocketMachine;

namespace {

constexpr std::size_t max_message = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string outcome(WebSocketMachine& machine) {
  std::string all;
  bool closed = false;
  while (auto event = machine.poll_event()) {
    require(!closed);
    if (const auto* message = std::get_if<WebSocketMachine::Message>(&*event)) {
      require(message->data.size() <= max_message);
      require(message->binary || base::is_valid_utf8(message->data));
      all += message->data + '\n';
    } else {
      closed = true;
      const auto& end = std::get<WebSocketMachine::Closed>(*event);
      require(base::is_valid_utf8(end.reason));
      require(end.code == 1005 || end.code == 1006 || http::is_valid_close_code(end.code));
      all += std::to_string(end.code);
    }
  }
  return all;
}

void check(WebSocketMachine::Role role, std::string_view bytes, std::size_t piece) {
  base::SeededRandom random(1);
  const WebSocketMachine::Settings settings{role, max_message, max_message};
  WebSocketMachine whole(settings, random);
  whole.handle_bytes(bytes);
  whole.handle_end();
  WebSocketMachine pieces(settings, random);
  std::string sent;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    pieces.handle_bytes(bytes.substr(at, piece));
    sent += pieces.poll_transmit();
  }
  pieces.handle_end();
  require(outcome(whole) == outcome(pieces));
  sent += pieces.poll_transmit();
  const bool is_client = role == WebSocketMachine::Role::client;
  WebSocketMachine peer(
      {is_client ? WebSocketMachine::Role::server : WebSocketMachine::Role::client, max_message,
       max_message},
      random
  );
  peer.handle_bytes(sent);
  const std::string heard = outcome(peer);
  require(heard.empty() || heard.size() == 4);  // pongs say nothing; a goodbye its code
}

void check_handshake(std::string_view bytes) {
  base::SeededRandom random(1);
  http::WebSocketHandshake handshake(*net::Url::parse("ws://127.0.0.1/"), {}, random);
  static_cast<void>(handshake.handle_bytes(bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(WebSocketMachine::Role::client, bytes, piece);
  check(WebSocketMachine::Role::server, bytes, piece);
  check_handshake(bytes);
  return 0;
}
