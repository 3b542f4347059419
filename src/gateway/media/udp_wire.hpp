#pragma once
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>

#include "base/random.hpp"
#include "base/result.hpp"
#include "gateway/media/wire.hpp"

namespace belfry::gateway::media {

/// A pair of UDP sockets, RTP on an even port and RTCP on the next, taken at random from the
/// configured range (rule M6). Believes packets from the signalled address only; while that has
/// sent nothing, it latches once, within 5 s, onto another port or host of the signalling side
/// (rule M1). When a packet arrived is what the kernel says, on the system's clock. Made on the
/// control thread, used on the media worker's.
class UdpWire final : public Wire {
 public:
  struct Range {
    std::uint16_t first = 20000;
    std::uint16_t last = 20999;
  };
  /// @return Errc::unavailable when no pair of the range is free.
  static base::Result<std::unique_ptr<UdpWire>> open(
      const net::IpAddress& local, Range range, base::Random& random
  );
  ~UdpWire() override;

  std::uint16_t port() const { return port_; }

  void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override;
  void receive(base::Instant now, PacketSink& sink) override;
  void apply(const MediaTerms& terms, base::Instant now) override;
  std::span<const int> sockets() const override { return sockets_; }
  void receive_from(std::size_t socket, base::Instant now, PacketSink& sink) override;
  WireCounters counters() const override;

 private:
  struct Peer {
    sockaddr_storage address{};
    socklen_t length = 0;
    bool known() const { return length != 0; }
  };

  UdpWire(std::array<int, 2> sockets, std::uint16_t port) : sockets_(sockets), port_(port) {}
  bool believe(
      PacketKind kind, const sockaddr_storage& source, socklen_t length, base::Instant now
  );
  Peer& peer(PacketKind kind) { return kind == PacketKind::rtp ? rtp_peer_ : rtcp_peer_; }

  std::array<int, 2> sockets_;
  std::uint16_t port_;
  Peer rtp_peer_;
  Peer rtcp_peer_;
  Peer signalling_;
  std::uint64_t from_strangers_ = 0;
  Peer stranger_;           // the last one
  bool confirmed_ = false;  // the RTP peer has been heard: no more latching
  std::optional<base::Instant> latch_until_;
};

}  // namespace belfry::gateway::media
