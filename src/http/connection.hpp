#pragma once
#include <functional>
#include <string>

#include "http/gate.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"
#include "http/websocket_stream.hpp"
#include "net/byte_stream.hpp"

namespace belfry::http {

/// One connection of the server, from handshake to goodbye: a coroutine that reads a request,
/// has it answered and writes the answer, over and over.
class Connection {
 public:
  Connection(
      net::Driver& driver, Gate& gate, const Server::Settings& settings, net::ByteStream stream
  );

  /// Asked before the connection becomes a WebSocket. @return whether one more fits.
  using TakeSocketPlace = std::function<bool()>;

  /// Ends when the connection does.
  base::Task<void> run(TakeSocketPlace take_socket_place);
  /// 503 for a connection beyond the limits; TLS is closed without a word, a handshake costs more.
  base::Task<void> turn_away();
  /// No further request; an idle connection is closed at once, a WebSocket says that we go (1001).
  void drain();

 private:
  enum class Next { request, close, upgrade };

  base::Task<Next> serve_one();
  base::Task<base::Result<void>> read_head(RequestReader& reader);
  base::Task<base::Result<void>> read_body(RequestReader& reader, std::size_t limit);
  base::Task<base::Result<void>> more(base::Instant deadline);
  base::Task<Next> refuse(Request request, base::Error why);
  base::Task<Next> respond(Request request, bool keep_alive, int minor_version);
  base::Task<Next> send_response(
      Response response, bool head_only, bool keep_alive, int minor_version
  );
  base::Task<Next> start_upgrade(Response response);
  base::Task<void> serve_socket();
  /// @param left bytes that the head has promised; counted down
  base::Task<bool> send_stream(Response& response, bool chunked, std::uint64_t& left);
  base::Task<bool> pump(BodyStream& body, bool chunked, std::uint64_t& left);
  base::Task<bool> send(std::string bytes);
  Request to_request(const Head& head) const;

  base::Loop& loop_;
  Gate& gate_;
  const Server::Settings& settings_;
  net::ByteStream stream_;
  std::string inbox_;
  TakeSocketPlace take_socket_place_;
  std::optional<Upgrade> upgrade_;
  std::unique_ptr<WebSocketStream> socket_;  // has the stream then
  bool draining_ = false;
  bool idle_ = true;
};

}  // namespace belfry::http
