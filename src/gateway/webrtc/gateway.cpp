#include "gateway/webrtc/gateway.hpp"

#include "gateway/webrtc/browser_peer.hpp"
#include "gateway/webrtc/port.hpp"
#include "webrtc/certificate.hpp"

namespace belfry::gateway::webrtc {

base::Result<std::unique_ptr<Gateway>> Gateway::open(
    base::Random& random, base::WallTime now, Settings settings
) {
  BELFRY_TRY(certificate, belfry::webrtc::Certificate::create(now));
  BELFRY_TRY(context, belfry::webrtc::DtlsContext::create(certificate));
  BELFRY_TRY(port, Port::open(settings.local, settings.port));
  std::unique_ptr<Gateway> gateway(new Gateway(random, std::move(context), std::move(port)));
  for (const auto* addresses : {&settings.advertised, &settings.local})
    for (const net::IpAddress& address : *addresses)
      gateway->candidates_.push_back({address, gateway->port_.number()});
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
