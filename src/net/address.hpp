#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace belfry::net {

/// An IPv4 or IPv6 address without zone. A value; any thread. The default is 0.0.0.0.
class IpAddress {
 public:
  IpAddress() = default;
  /// Canonical dotted decimal or RFC 4291 text without brackets; `127.1`, `0x7f.0.0.1` and
  /// `010.0.0.1` are Errc::malformed.
  [[nodiscard]] static base::Result<IpAddress> parse(std::string_view text);
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);

  bool is_v6() const { return v6_; }
  bool is_loopback() const;  // 127.0.0.0/8, ::1, also as ::ffff:127.x
  bool is_unspecified() const;
  /// 4 or 16 bytes, network order.
  std::span<const std::uint8_t> bytes() const { return {bytes_.data(), v6_ ? 16U : 4U}; }
  /// The IPv4 address inside ::ffff:0:0/96; anything else is itself.
  IpAddress unmapped() const;
  std::string to_string() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v6_ = false;
  std::array<std::uint8_t, 16> bytes_{};
};

/// Where a datagram or connection goes to or comes from.
struct Address {
  IpAddress ip;
  std::uint16_t port = 0;

  /// `192.0.2.1:5060`, `[2001:db8::1]:5060`.
  [[nodiscard]] static base::Result<Address> parse(std::string_view text);
  [[nodiscard]] static base::Result<Address> from(std::string_view ip, std::uint16_t port);
  std::string to_string() const;
  bool is_loopback() const { return ip.is_loopback(); }
  auto operator<=>(const Address&) const = default;
};

/// `10.0.0.0/8`, `::1`: a range of addresses, for lists of trunks and of egress exceptions.
class Network {
 public:
  /// A lone address is a range of one. Errc::malformed when bits beyond the prefix are set.
  [[nodiscard]] static base::Result<Network> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  unsigned prefix_ = 0;
};

}  // namespace belfry::net
