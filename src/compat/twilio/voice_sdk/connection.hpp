#pragma once
#include <memory>

#include "gateway/webrtc/peer.hpp"

namespace belfry::compat::twilio::voice_sdk {

class Connection;

/// Whose connection it is.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void on_connected(Connection& connection) = 0;
  virtual void on_failed(Connection& connection, gateway::webrtc::PeerFailure failure) = 0;
};

/// The media of a page, from the offer on: it may be there before the call that it is for, and go
/// from one owner to another. Control thread.
class Connection final : private gateway::webrtc::PeerListener {
 public:
  /// @return Errc::unavailable when there is no room for more media.
  static base::Result<std::unique_ptr<Connection>> open(gateway::webrtc::Peers* peers) {
    if (peers == nullptr)
      return base::fail(base::Errc::unavailable, "there is no media for browsers here");
    std::unique_ptr<Connection> made(new Connection());
    gateway::webrtc::PeerListener& listener = *made;
    BELFRY_TRY(peer, peers->open({}, listener));
    made->peer_ = std::move(peer);
    return made;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// nullptr: nobody is told.
  void set_owner(ConnectionOwner* owner) { owner_ = owner; }
  gateway::webrtc::Peer& peer() { return *peer_; }
  const gateway::webrtc::Peer& peer() const { return *peer_; }
  bool connected() const { return connected_; }

 private:
  Connection() = default;
  void on_connected() override {
    connected_ = true;
    if (owner_ != nullptr) owner_->on_connected(*this);
  }
  void on_failed(gateway::webrtc::PeerFailure failure) override {
    connected_ = false;
    if (owner_ != nullptr) owner_->on_failed(*this, failure);
  }

  ConnectionOwner* owner_ = nullptr;
  bool connected_ = false;
  std::unique_ptr<gateway::webrtc::Peer> peer_;
};

}  // namespace belfry::compat::twilio::voice_sdk
