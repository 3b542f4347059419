#include "server/connector_trunks.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::server {
namespace {

using compat::aws::chime_voice::OriginationRoute;

std::string host_of(const OriginationRoute& route) {
  return route.host + ":" + std::to_string(route.port);
}

/// The same for the same peer, so that a trunk that has calls goes on when something else of the
/// connector changes.
std::string trunk_name(const std::string& connector_id, const OriginationRoute& route) {
  const std::string peer = base::sha256_hex(host_of(route) + " " + route.protocol);
  return "vc-" + connector_id + "-" + peer.substr(0, 8);
}

}  // namespace

const std::string* ConnectorTrunks::carrier_of(const std::string& trunk) const {
  const auto found =
      std::ranges::find(rows_, trunk, [](const auto& row) { return row.terms.name; });
  return found == rows_.end() ? nullptr : &found->carrier;
}

base::Result<> ConnectorTrunks::set(
    const std::string& connector_id, const std::vector<OriginationRoute>& routes,
    const std::vector<std::string>& numbers
) {
  std::vector<std::string> wanted;
  wanted.reserve(routes.size());
  for (const OriginationRoute& route : routes) wanted.push_back(trunk_name(connector_id, route));
  for (const auto& row : trunks_.rows()) {
    if (!row.terms.name.starts_with("vc-" + connector_id + "-")) continue;
    dial_plan_.remove_routes(row.carrier);
    if (std::ranges::find(wanted, row.terms.name) == wanted.end())
      BELFRY_CHECK(trunks_.remove(row.terms.name));
  }
  rows_ = trunks_.rows();
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (carrier_of(wanted[i]) != nullptr) continue;
    admin::TrunkTerms terms;
    terms.name = wanted[i];
    terms.host = host_of(routes[i]);
    terms.transport = base::to_lower(routes[i].protocol);
    BELFRY_CHECK(trunks_.add(terms));
    rows_ = trunks_.rows();
  }
  for (std::size_t i = 0; i < routes.size(); ++i)
    for (const std::string& number : numbers)
      dial_plan_.add_route(
          {number, *carrier_of(wanted[i]), "", routes[i].priority, routes[i].weight}
      );
  return {};
}

}  // namespace belfry::server
