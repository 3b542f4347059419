#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "sip/flow.hpp"

/// The border between the SIP agent and the network: sockets in a server (`Sockets`), a modelled
/// network in tests. Control thread.
namespace belfry::gateway::sip {

/// What comes out of the network.
class TransportReceiver {
 public:
  virtual ~TransportReceiver() = default;
  /// One datagram, or one message cut out of a stream. Valid during the call.
  virtual void on_message(const belfry::sip::Flow& flow, std::span<const std::byte> bytes) = 0;
  /// The connection broke or could not be made, or the peer cannot be reached.
  virtual void on_transport_failure(const belfry::sip::Flow& flow) = 0;
};

class Transports {
 public:
  virtual ~Transports() = default;
  /// Never waits. What fails is told to the receiver, later.
  virtual void send(const belfry::sip::Flow& flow, std::string bytes) = 0;
  /// How a request of ours would go there: from which of our addresses. Nothing when we do not
  /// speak that transport or address family.
  virtual std::optional<belfry::sip::Flow> flow_to(
      belfry::sip::Transport transport, const belfry::sip::Endpoint& remote
  ) const = 0;
};

}  // namespace belfry::gateway::sip
