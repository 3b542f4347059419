#include "net/egress_policy.hpp"

#include "base/text.hpp"

namespace belfry::net {
namespace {

using base::Errc;
using base::fail;
using base::Result;

Network network(std::string_view text) {
  auto parsed = Network::parse(text);
  return *parsed;
}

/// IANA IPv4 special-purpose registry without the anycast blocks that are globally reachable, plus
/// multicast and the retired 6to4 relay prefix.
const std::vector<Network>& special_v4() {
  static const std::vector<Network> table = [] {
    std::vector<Network> rows;
    for (const std::string_view row :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
          "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
          "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"})
      rows.push_back(network(row));
    return rows;
  }();
  return table;
}

/// Inside 2000::/3: IETF protocol assignments (Teredo, ORCHID, benchmarking), documentation.
const std::vector<Network>& special_v6() {
  static const std::vector<Network> table{
      network("2001::/23"), network("2001:db8::/32"), network("3fff::/20")
  };
  return table;
}

bool in_any(const std::vector<Network>& table, const IpAddress& address) {
  return std::ranges::any_of(table, [&](const Network& row) { return row.contains(address); });
}

IpAddress embedded_v4(const IpAddress& address, std::size_t offset) {
  const auto bytes = address.bytes();
  return IpAddress::v4({bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]});
}

}  // namespace

bool is_special_purpose(const IpAddress& address) {
  static const Network nat64 = network("64:ff9b::/96");
  static const Network six_to_four = network("2002::/16");
  static const Network global = network("2000::/3");
  const IpAddress plain = address.unmapped();
  if (!plain.is_v6()) return in_any(special_v4(), plain);
  if (nat64.contains(plain)) return is_special_purpose(embedded_v4(plain, 12));
  if (six_to_four.contains(plain)) return is_special_purpose(embedded_v4(plain, 2));
  return !global.contains(plain) || in_any(special_v6(), plain);
}

Result<EgressPolicy::Exception> EgressPolicy::parse_exception(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return fail(Errc::malformed, "egress exception without a port: " + std::string(text));
  Exception exception;
  if (const std::string_view port = text.substr(colon + 1); port != "*") {
    const auto number = base::parse_unsigned(port);
    if (!number || *number > 65535)
      return fail(Errc::malformed, "egress exception with a bad port: " + std::string(text));
    exception.port = static_cast<std::uint16_t>(*number);
  }
  std::string host = base::to_lower(text.substr(0, colon));
  std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
  if (auto range = Network::parse(host)) {
    exception.network = *range;
  } else if (host.empty() || host.contains('/') || host.contains(':')) {
    return fail(Errc::malformed, "egress exception is no host and no range: " + std::string(text));
  } else {
    exception.host = host;
  }
  return exception;
}

Result<EgressPolicy> EgressPolicy::create(Settings settings) {
  EgressPolicy policy;
  policy.allow_loopback_ = settings.allow_loopback;
  policy.listeners_ = std::move(settings.listeners);
  for (const std::string& text : settings.allow) {
    BELFRY_TRY(exception, parse_exception(text));
    policy.exceptions_.push_back(std::move(exception));
  }
  return policy;
}

bool EgressPolicy::is_excepted(const Address& address, std::string_view host) const {
  return std::ranges::any_of(exceptions_, [&](const Exception& exception) {
    if (exception.port && *exception.port != address.port) return false;
    if (exception.network) return exception.network->contains(address.ip.unmapped());
    return base::equals_ignoring_case(exception.host, host);
  });
}

bool EgressPolicy::is_own_listener(const Address& address) const {
  return std::ranges::any_of(listeners_, [&](const Address& listener) {
    if (listener.port != address.port) return false;
    const IpAddress target = address.ip.unmapped();
    // A listener on every address is reached by loopback, by 0.0.0.0 and by the machine's own.
    if (listener.ip.is_unspecified()) return is_special_purpose(target);
    return listener.ip.unmapped() == target || target.is_unspecified();
  });
}

Result<void> EgressPolicy::check_url(const Url& url) const {
  if (url.port == 0 || url.port == 22 || url.port == 25)
    return fail(Errc::refused, "port " + std::to_string(url.port) + " is never connected to");
  if (url.ip) return check_address(Address{*url.ip, url.port}, url.host);
  return {};
}

Result<void> EgressPolicy::check_address(const Address& address, std::string_view host) const {
  if (address.port == 0 || address.port == 22 || address.port == 25)
    return fail(Errc::refused, "port " + std::to_string(address.port) + " is never connected to");
  if (is_own_listener(address)) return fail(Errc::refused, "address is one of our own listeners");
  if (!is_special_purpose(address.ip)) return {};
  if (address.ip.is_loopback() && allow_loopback_) return {};
  if (is_excepted(address, host)) return {};
  return fail(Errc::refused, "address is private, local or reserved and not on the egress list");
}

}  // namespace belfry::net
