#include "gateway/sip/own_names.hpp"

#include "base/text.hpp"

namespace belfry::gateway::sip {

OwnNames::OwnNames(
    const std::vector<std::string>& hosts, const std::vector<belfry::sip::Endpoint>& listeners
) {
  for (const std::string& host : hosts) hosts_.insert(base::to_lower(host));
  for (const auto& listener : listeners) {
    hosts_.insert(listener.address);
    ports_.insert(listener.port);
    if (listener.address == "127.0.0.1" || listener.address == "::1") hosts_.insert("localhost");
  }
}

bool OwnNames::is_ours(const belfry::sip::Uri& uri) const {
  if (uri.scheme == belfry::sip::Uri::Scheme::tel) return true;  // names no host at all
  return uri.is_sip() && hosts_.contains(uri.host) && (!uri.port || ports_.contains(*uri.port));
}

}  // namespace belfry::gateway::sip
