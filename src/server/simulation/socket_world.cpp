#include "server/simulation/socket_world.hpp"

namespace belfry::server::simulation {

using base::Result;
using base::Task;

class SocketWorld::Socket final : public http::WebSocket {
 public:
  explicit Socket(std::shared_ptr<SocketPeer> peer) : peer_(std::move(peer)) {}
  ~Socket() override {
    if (peer_->closed_with == 0) peer_->closed_with = 1006;
  }

  Task<Result<std::string>> receive() override {
    auto peer = peer_;
    SocketPeer::Item item = co_await peer->to_server_.pop();
    if (item.close_code == 0) co_return std::move(item.text);
    co_return base::fail(base::Errc::cancelled, "closed by the application", item.close_code);
  }
  bool send(std::string_view text) override {
    peer_->received.emplace_back(text);
    if (peer_->on_message) peer_->on_message(*peer_, peer_->received.back());
    return true;
  }
  Task<void> close(std::uint16_t code, base::Instant) override {
    peer_->closed_with = code;
    co_return;
  }

 private:
  std::shared_ptr<SocketPeer> peer_;  // shared with the world, which shows what happened
};

class SocketWorld::Client final : public http::WebSocketClient {
 public:
  Client(SocketWorld& world, base::Loop& loop) : world_(world), loop_(loop) {}

  Task<Result<std::unique_ptr<http::WebSocket>>> connect(http::WebSocketRequest request) override {
    if (const auto failure = world_.failures_.find(request.url); failure != world_.failures_.end())
      co_return base::fail(base::Errc::io, "it fails", static_cast<int>(failure->second));
    const auto server = world_.servers_.find(request.url);
    if (server == world_.servers_.end())
      co_return base::fail(
          base::Errc::io, "nobody listens", static_cast<int>(http::WebSocketFailure::refused)
      );
    const auto peer = std::make_shared<SocketPeer>(loop_, std::move(request));
    world_.peers_.push_back(peer);
    server->second(*peer);
    co_return std::make_unique<Socket>(peer);
  }

 private:
  SocketWorld& world_;
  base::Loop& loop_;
};

std::unique_ptr<http::WebSocketClient> SocketWorld::connect(base::Loop& loop) {
  return std::make_unique<Client>(*this, loop);
}

}  // namespace belfry::server::simulation
