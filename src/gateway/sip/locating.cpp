#include "gateway/sip/locating.hpp"

namespace belfry::gateway::sip {

using namespace belfry::sip;

Transport transport_of(const Uri& uri) {
  const auto named = uri.param("transport");
  if (uri.scheme == Uri::Scheme::sips || named == "tls") return Transport::tls;
  return named == "tcp" ? Transport::tcp : Transport::udp;
}

base::Task<base::Result<std::vector<Target>>> locate_targets(
    Agent& agent, Locate locate, EgressCheck egress, Uri uri
) {
  const Transport transport = transport_of(uri);
  auto located = co_await locate(uri.host, uri.port, transport);
  if (!located) co_return base::fail(located.error());
  std::vector<Target> targets;
  for (const net::SipTarget& found : *located) {
    const auto allowed = egress ? egress(found.address, uri.host) : base::Result<>();
    if (!allowed) co_return base::fail(allowed.error());
    const Endpoint remote{found.address.ip.to_string(), found.address.port};
    auto flow = agent.transports().flow_to(transport, remote);
    if (!flow) continue;
    if (transport == Transport::tls) flow->certified_host = uri.host;
    targets.push_back({uri.to_string(), std::move(*flow)});
  }
  co_return targets;
}

}  // namespace belfry::gateway::sip
