#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/wait.hpp"
#include "http/websocket.hpp"

namespace belfry::server::simulation {

/// One WebSocket as the application that was called sees it.
class SocketPeer {
 public:
  SocketPeer(base::Loop& loop, http::WebSocketRequest request)
      : request_(std::move(request)), to_server_(loop) {}

  /// What the server sent when it connected.
  const http::WebSocketRequest& request() const { return request_; }
  void send(std::string text) { to_server_.push({std::move(text), 0}); }
  void close(int code) { to_server_.push({{}, code}); }
  /// Called with each message of the server, as it is sent.
  std::function<void(SocketPeer&, const std::string&)> on_message;
  std::vector<std::string> received;
  int closed_with = 0;  // the code of the server's goodbye; 1006: it dropped the connection

 private:
  friend class SocketWorld;
  struct Item {
    std::string text;
    int close_code = 0;
  };
  http::WebSocketRequest request_;
  base::Mailbox<Item> to_server_;
};

/// The other people's WebSocket servers, by URL. Nothing is lost and nothing takes time: frames are
/// the business of `http`. One thread.
class SocketWorld {
 public:
  using Accept = std::function<void(SocketPeer&)>;

  void serve(std::string url, Accept accept) { servers_[std::move(url)] = std::move(accept); }
  /// Who connects to `url` is told this.
  void fail(std::string url, http::WebSocketFailure why) { failures_[std::move(url)] = why; }
  /// Every socket there was, oldest first.
  const std::vector<std::shared_ptr<SocketPeer>>& peers() const { return peers_; }
  /// How a server of this process reaches this world.
  std::unique_ptr<http::WebSocketClient> connect(base::Loop& loop);

 private:
  class Socket;
  class Client;

  std::map<std::string, Accept> servers_;
  std::map<std::string, http::WebSocketFailure> failures_;
  std::vector<std::shared_ptr<SocketPeer>> peers_;  // shared with the server's end
};

}  // namespace belfry::server::simulation
