#pragma once
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "gateway/media/plane.hpp"
#include "gateway/webrtc/peer.hpp"
#include "sdp/webrtc.hpp"
#include "webrtc/dtls_context.hpp"

namespace belfry::gateway::webrtc {

class Port;

/// Connections with browsers on real sockets: one UDP port for all, opened at each local address.
/// Control thread. Wires may live as long as the media plane does, and use the certificate of here:
/// it outlives the plane.
class Gateway final : public Peers {
 public:
  struct Settings {
    /// A socket is bound to each: what is sent must leave from the address that the browser knows.
    std::vector<net::IpAddress> local;
    /// Listed before them: where the outside reaches this machine through a NAT that keeps ports.
    std::vector<net::IpAddress> advertised;
    std::uint16_t port = 40000;  // 0: any free one
    /// TCP at the same addresses, for networks that let no UDP through; 0: the number of `port`.
    std::uint16_t tcp_port = 0;
  };
  /// Opens the port. @return Errc::io when it is taken at one of the addresses.
  [[nodiscard]] static base::Result<std::unique_ptr<Gateway>> open(
      base::Random& random, base::WallTime now, Settings settings
  );
  ~Gateway() override;

  /// Gives the port to the plane. Once, before the first peer is opened.
  void start(media::Plane& plane);
  base::Result<std::unique_ptr<Peer>> open(PeerTerms terms, PeerListener& listener) override;

  /// What descriptions list, best first.
  const std::vector<sdp::WebRtcCandidate>& candidates() const { return candidates_; }

 private:
  Gateway(base::Random& random, belfry::webrtc::DtlsContext context, std::unique_ptr<Port> port);

  base::Random& random_;
  belfry::webrtc::DtlsContext context_;
  std::unique_ptr<Port> unused_port_;  // until `start`
  Port& port_;                         // the media worker's
  media::Plane* plane_ = nullptr;
  std::vector<sdp::WebRtcCandidate> candidates_;
};

}  // namespace belfry::gateway::webrtc
