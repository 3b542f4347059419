#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "call/seat_statistics.hpp"
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

/// What only one kind of wire understands. Made on the control thread, obeyed on the worker's,
/// freed on the control thread.
struct WireOrder {
  virtual ~WireOrder() = default;
};

/// What a wire with a handshake (ICE, DTLS) tells of itself.
enum class Connection {
  connected,
  never_connected,    // the handshake did not succeed in time
  wrong_fingerprint,  // the peer is not who signalling said
  consent_lost,       // the peer stopped checking (RFC 7675); nothing is sent any more
  consent_regained
};

/// RTP that a wire did not hand over, and what else only it knows.
struct WireCounters {
  std::uint64_t from_strangers = 0;
  std::optional<net::Address> stranger;  // the last one
  std::uint64_t not_authentic = 0;       // malformed ones too
  std::uint64_t replayed = 0;
  std::optional<net::Address> remote;  // where packets go to at present
  call::Handshake handshake = call::Handshake::none;
  bool listens_only = false;  // the other end of a modelled network has said nothing yet
};

/// How a seat's packets travel: UDP sockets, a port shared by many, or a modelled network. Used by
/// the media worker that owns the seat; sends and receives without blocking and without allocation.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) = 0;
  /// What is sent from now on is not only silence that fills the time.
  virtual void note_speech() {}
  /// An RTP packet that the party misses, as it went out; only wires that keep them.
  virtual void send_again(std::uint16_t /*sequence*/, base::Instant) {}
  /// Hands over what has arrived up to `now`.
  virtual void receive(base::Instant now, PacketSink& sink) = 0;
  /// New terms: addresses may have changed.
  virtual void apply(const MediaTerms& terms, base::Instant now) = 0;
  /// Sockets whose readiness says that `receive` has work; none for a modelled network, which is
  /// always asked.
  virtual std::span<const int> sockets() const { return {}; }
  /// Packets come from a network at any moment, by sockets of its own or shared ones.
  virtual bool arrives_unasked() const { return !sockets().empty(); }
  /// `receive` for that one of `sockets()` alone: asking the others too is a system call a packet.
  virtual void receive_from(std::size_t, base::Instant now, PacketSink& sink) {
    receive(now, sink);
  }
  /// Since it was made. On the worker's thread, or on any other once it has no worker any more.
  virtual WireCounters counters() const { return {}; }

  // For wires on a shared port and those with a handshake
  /// The worker has its seat: what arrives goes to `sink` until `detach`.
  virtual void attach(PacketSink& /*sink*/) {}
  virtual void detach() {}
  virtual void obey(WireOrder& /*order*/, base::Instant /*now*/) {}
  virtual std::optional<Connection> poll_connection() { return std::nullopt; }
  /// In a handshake, which must not wait for the next tick.
  virtual bool is_impatient() const { return false; }
};

}  // namespace belfry::gateway::media
