#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/address.hpp"

namespace belfry::net {

/// An absolute http, https, ws or wss URL (RFC 3986), read strictly: what two parsers could read
/// differently is refused (rule W1), so that the host that is checked is the host that is asked.
/// Pure; any thread.
struct Url {
  std::string scheme;               // lower case
  std::optional<std::string> user;  // as written, still percent-encoded
  std::string password;             // likewise
  std::string host;                 // lower case, no brackets, no final dot
  std::optional<IpAddress> ip;      // when the host is numeric
  std::uint16_t port = 0;           // the scheme's default when none is written
  std::string path = "/";           // never empty; bytes above 0x7E and spaces are escaped
  std::optional<std::string> query;

  /// Refuses: other schemes, control bytes, backslash, two `@`, an empty or escaped host, numeric
  /// hosts that are not canonical (`127.1`, `0x7f.0.0.1`, `2130706433`), IPv6 zones, ports outside
  /// 0..65535, more than 8 KiB. The fragment is dropped.
  [[nodiscard]] static base::Result<Url> parse(std::string_view text);
  /// What a `Location` header or a TwiML `action` means on this page (RFC 3986 §5.2); userinfo is
  /// kept only while scheme, host and port stay the same.
  [[nodiscard]] base::Result<Url> resolve(std::string_view reference) const;

  bool secure() const { return scheme == "https" || scheme == "wss"; }
  /// `host`, or `[v6]`, with the port unless it is the scheme's default.
  std::string authority() const;
  /// Path and query.
  std::string target() const;
  /// Without userinfo.
  std::string to_string() const;
  bool same_origin(const Url& other) const;
};

}  // namespace belfry::net
