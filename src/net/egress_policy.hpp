#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "net/url.hpp"

namespace belfry::net {

/// Whether `address` is in the IANA special-purpose registries (RFC 6890 and successors) or
/// multicast, also when it hides as v4-mapped, v4-compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056).
/// For IPv6 only 2000::/3 is public.
bool is_special_purpose(const IpAddress& address);

/// Where the server may connect to on somebody else's word: webhooks, media, JWKS, SIP URIs
/// (rule W1). Asked twice: with the URL before anything is resolved, and with the address that is
/// connected to. Pure values; one thread.
class EgressPolicy {
 public:
  struct Settings {
    bool allow_loopback = false;     // rule W1: only while every listener of ours is on loopback
    std::vector<std::string> allow;  // `host:port` or `CIDR:port`, port `*` for any: exceptions
    std::vector<Address> listeners;  // ours; never connected to
  };
  EgressPolicy() = default;
  /// Errc::malformed names the exception that cannot be read.
  [[nodiscard]] static base::Result<EgressPolicy> create(Settings settings);

  void add_listener(Address listener) { listeners_.push_back(listener); }
  /// Errc::refused for ports 0, 22 and 25 and for numeric hosts that `check_address` refuses.
  [[nodiscard]] base::Result<void> check_url(const Url& url) const;
  /// @param host as written in the URL, for `host:port` exceptions.
  [[nodiscard]] base::Result<void> check_address(const Address& address, std::string_view host)
      const;

 private:
  struct Exception {
    std::string host;  // lower case; empty when `network` counts
    std::optional<Network> network;
    std::optional<std::uint16_t> port;
  };
  [[nodiscard]] static base::Result<Exception> parse_exception(std::string_view text);
  bool is_excepted(const Address& address, std::string_view host) const;
  bool is_own_listener(const Address& address) const;

  bool allow_loopback_ = false;
  std::vector<Exception> exceptions_;
  std::vector<Address> listeners_;
};

}  // namespace belfry::net
