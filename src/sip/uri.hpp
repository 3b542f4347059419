#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace belfry::sip {

/// A name and an optional value, both decoded: `;transport=tcp`, `;lr`, `?subject=x`.
struct UriParam {
  std::string name;
  std::optional<std::string> value;
  bool operator==(const UriParam&) const = default;
};

/// A `sip:`, `sips:` or `tel:` URI (RFC 3261 §19.1, RFC 3966), or one of an unknown scheme that is
/// kept as it came. Everything in here is decoded; `to_string` escapes again, so a value from
/// outside can never end the URI early or start a new header (rule S7). Owns its text.
struct Uri {
  enum class Scheme { sip, sips, tel, other };

  Scheme scheme = Scheme::sip;
  std::string scheme_name = "sip";      // lower case
  std::string user;                     // for tel: the number as written (`+1-555-0100`)
  std::optional<std::string> password;  // never sent by us, only kept apart from the user
  std::string host;                     // lower case; an IPv6 address without its brackets
  std::optional<std::uint16_t> port;
  std::vector<UriParam> params;   // names in lower case
  std::vector<UriParam> headers;  // after `?`; never followed by us (rule S2)
  std::string opaque;             // Scheme::other: what stands behind the colon, unparsed

  /// The whole text must be the URI: no `<>`, no white space, no control bytes; at most 4096 bytes.
  /// Errors: Errc::malformed.
  [[nodiscard]] static base::Result<Uri> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  /// A `sip:` URI of these parts; the parts may hold anything.
  static Uri sip(
      std::string_view user, std::string_view host, std::optional<std::uint16_t> port = std::nullopt
  );

  /// The parameter's value, empty when it has none; nothing when it is absent.
  /// @param name lower case
  std::optional<std::string_view> param(std::string_view name) const;
  void set_param(std::string_view name, std::optional<std::string_view> value);
  void remove_param(std::string_view name);
  bool is_sip() const { return scheme == Scheme::sip || scheme == Scheme::sips; }
};

/// RFC 3261 §19.1.4: user and password by case, the rest without; `transport`, `user`, `ttl`,
/// `method` and `maddr` must stand in both or neither, other parameters only agree when both have
/// them; headers must be the same set. An absent port is not 5060.
bool equivalent(const Uri& a, const Uri& b);

/// `host`, `host:port`, `[2001:db8::1]:5060`. What a Via, a URI or a configuration line holds.
struct HostPort {
  std::string_view host;  // without brackets
  std::optional<std::uint16_t> port;
};
/// Errors: Errc::malformed for anything but a host name, an IPv4 address or a bracketed IPv6
/// address, with a port of 1..65535.
[[nodiscard]] base::Result<HostPort> parse_host_port(std::string_view text);
/// Puts the brackets back on an IPv6 address.
std::string to_string(std::string_view host, std::optional<std::uint16_t> port);

}  // namespace belfry::sip
