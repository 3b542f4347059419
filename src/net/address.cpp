#include "net/address.hpp"

#include <arpa/inet.h>

#include "base/text.hpp"

namespace belfry::net {

using base::Errc;
using base::fail;
using base::Result;

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string name(text);
  IpAddress address;
  if (text.size() <= 45 && !text.contains('\0')) {
    // inet_pton takes canonical dotted decimal only, unlike inet_aton.
    if (inet_pton(AF_INET, name.c_str(), address.bytes_.data()) == 1) return address;
    address.v6_ = true;
    if (inet_pton(AF_INET6, name.c_str(), address.bytes_.data()) == 1) return address;
  }
  return fail(Errc::malformed, "not an IP address");
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  IpAddress address;
  address.v6_ = true;
  address.bytes_ = bytes;
  return address;
}

IpAddress IpAddress::unmapped() const {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (!v6_ || !std::equal(mapped.begin(), mapped.end(), bytes_.begin())) return *this;
  return v4({bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
}

bool IpAddress::is_loopback() const {
  const IpAddress plain = unmapped();
  if (!plain.v6_) return plain.bytes_[0] == 127;
  std::array<std::uint8_t, 16> one{};
  one[15] = 1;
  return bytes_ == one;
}

bool IpAddress::is_unspecified() const {
  return unmapped().bytes_ == std::array<std::uint8_t, 16>{};
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(v6_ ? AF_INET6 : AF_INET, bytes_.data(), text.data(), text.size());
  return text.data();
}

Result<Address> Address::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail(Errc::malformed, "address without a port");
  std::string_view ip = text.substr(0, colon);
  const bool bracketed = ip.starts_with('[') && ip.ends_with(']');
  if (bracketed) ip = ip.substr(1, ip.size() - 2);
  const auto port = base::parse_unsigned(text.substr(colon + 1));
  if (!port || *port > 65535) return fail(Errc::malformed, "port is not a number up to 65535");
  BELFRY_TRY(parsed, IpAddress::parse(ip));
  if (parsed.is_v6() != bracketed)
    return fail(Errc::malformed, "an IPv6 address with a port needs brackets");
  return Address{parsed, static_cast<std::uint16_t>(*port)};
}

Result<Address> Address::from(std::string_view ip, std::uint16_t port) {
  BELFRY_TRY(parsed, IpAddress::parse(ip));
  return Address{parsed, port};
}

std::string Address::to_string() const {
  const std::string host = ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string();
  return host + ":" + std::to_string(port);
}

namespace {

/// The first `prefix` bits are the same.
bool same_prefix(
    std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, unsigned prefix
) {
  for (std::size_t i = 0; prefix > 0; ++i) {
    const unsigned bits = std::min(prefix, 8U);
    const unsigned mask = 0xFFU << (8 - bits) & 0xFFU;
    if (((a[i] ^ b[i]) & mask) != 0) return false;
    prefix -= bits;
  }
  return true;
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  Network network;
  BELFRY_TRY(base_address, IpAddress::parse(text.substr(0, slash)));
  network.base_ = base_address;
  const auto bits = static_cast<unsigned>(base_address.bytes().size() * 8);
  network.prefix_ = bits;
  if (slash == std::string_view::npos) return network;
  const auto prefix = base::parse_unsigned(text.substr(slash + 1));
  if (!prefix || *prefix > bits) return fail(Errc::malformed, "prefix length out of range");
  network.prefix_ = static_cast<unsigned>(*prefix);
  for (unsigned bit = network.prefix_; bit < bits; ++bit) {
    if ((base_address.bytes()[bit / 8] >> (7 - bit % 8) & 1) != 0)
      return fail(Errc::malformed, "bits beyond the prefix are set");
  }
  return network;
}

bool Network::contains(const IpAddress& address) const {
  return address.is_v6() == base_.is_v6() && same_prefix(address.bytes(), base_.bytes(), prefix_);
}

}  // namespace belfry::net
