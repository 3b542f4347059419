#include "gateway/webrtc/gateway.hpp"

#include "base/log.hpp"
#include "gateway/webrtc/browser_peer.hpp"
#include "gateway/webrtc/port.hpp"
#include "webrtc/certificate.hpp"

namespace belfry::gateway::webrtc {

namespace {

constexpr int most_tries = 20;

/// UDP, and TCP beside it. A number that the system chose for the one may be taken for the other:
/// then another is tried.
base::Result<std::unique_ptr<Port>> open_port(const Gateway::Settings& settings) {
  const bool any = settings.port == 0 && settings.tcp_port == 0;
  for (int attempt = 1;; ++attempt) {
    BELFRY_TRY(port, Port::open(settings.local, settings.port));
    const std::uint16_t tcp = settings.tcp_port != 0 ? settings.tcp_port : port->number();
    const auto listening = port->open_tcp(settings.local, tcp);
    if (!listening && any && attempt < most_tries) continue;
    // Without TCP browsers behind open networks lose nothing.
    if (!listening)
      base::log::warning("webrtc.no_tcp", {{"port", tcp}, {"why", listening.error().message}});
    return port;
  }
}

}  // namespace

base::Result<std::unique_ptr<Gateway>> Gateway::open(
    base::Random& random, base::WallTime now, Settings settings
) {
  BELFRY_TRY(certificate, belfry::webrtc::Certificate::create(now));
  BELFRY_TRY(context, belfry::webrtc::DtlsContext::create(certificate));
  BELFRY_TRY(port, open_port(settings));
  std::unique_ptr<Gateway> gateway(new Gateway(random, std::move(context), std::move(port)));
  const Port& opened = gateway->port_;
  using Transport = sdp::WebRtcCandidate::Transport;
  for (const auto& [transport, number] :
       {std::pair(Transport::udp, opened.number()), std::pair(Transport::tcp, opened.tcp_number())})
    for (const auto* addresses : {&settings.advertised, &settings.local})
      for (const net::IpAddress& address : *addresses)
        if (number != 0) gateway->candidates_.push_back({address.to_string(), number, transport});
  return gateway;
}

Gateway::Gateway(
    base::Random& random, belfry::webrtc::DtlsContext context, std::unique_ptr<Port> port
)
    : random_(random),
      context_(std::move(context)),
      unused_port_(std::move(port)),
      port_(*unused_port_) {}

Gateway::~Gateway() = default;

void Gateway::start(media::Plane& plane) {
  plane_ = &plane;
  plane.add_port(std::move(unused_port_));
}

base::Result<std::unique_ptr<Peer>> Gateway::open(PeerTerms terms, PeerListener& listener) {
  return std::make_unique<BrowserPeer>(
      BrowserPeer::Surroundings{*plane_, random_, port_, context_, candidates_}, terms, listener
  );
}

}  // namespace belfry::gateway::webrtc
