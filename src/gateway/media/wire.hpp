#pragma once
#include <cstddef>
#include <span>

#include "base/time.hpp"
#include "gateway/media/terms.hpp"

namespace belfry::gateway::media {

enum class PacketKind { rtp, rtcp };

/// Takes what arrived on a wire.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  /// @param arrived when it came to this machine, which may be up to a tick before it is read.
  virtual void on_packet(
      PacketKind kind, std::span<const std::byte> bytes, base::Instant arrived
  ) = 0;
};

/// How a seat's packets travel: UDP sockets or a modelled network. Used by the media worker that
/// owns the seat; sends and receives without blocking and without allocation.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) = 0;
  /// Hands over what has arrived up to `now`.
  virtual void receive(base::Instant now, PacketSink& sink) = 0;
  /// New terms: addresses may have changed.
  virtual void apply(const MediaTerms& terms, base::Instant now) = 0;
  /// Sockets whose readiness says that `receive` has work; none for a modelled network, which is
  /// always asked.
  virtual std::span<const int> sockets() const { return {}; }
  /// `receive` for that one of `sockets()` alone: asking the others too is a system call a packet.
  virtual void receive_from(std::size_t, base::Instant now, PacketSink& sink) {
    receive(now, sink);
  }
};

}  // namespace belfry::gateway::media
