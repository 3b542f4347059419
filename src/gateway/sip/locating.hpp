#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "gateway/sip/agent.hpp"
#include "net/resolver.hpp"
#include "sip/uri.hpp"

/// From a SIP URI to the addresses where its host speaks SIP.
namespace belfry::gateway::sip {

/// One place where the party may be reached.
struct Target {
  std::string request_uri;
  belfry::sip::Flow flow;
};

/// Asks where a host's SIP is (RFC 3263): `net::Resolver` in a server.
using Locate = std::function<base::Task<base::Result<std::vector<net::SipTarget>>>(
    std::string host, std::optional<std::uint16_t> port, belfry::sip::Transport transport
)>;

/// Whether we may send to that address on somebody else's word (rules W1, S2).
using EgressCheck =
    std::function<base::Result<>(const net::Address& address, const std::string& host)>;

/// As its scheme and `transport` say; UDP else.
belfry::sip::Transport transport_of(const belfry::sip::Uri& uri);

/// Rule W1: each address is checked, and it is that address which is called.
/// @param egress none for a URI of the configuration, which is its operator's own word
base::Task<base::Result<std::vector<Target>>> locate_targets(
    Agent& agent, Locate locate, EgressCheck egress, belfry::sip::Uri uri
);

}  // namespace belfry::gateway::sip
