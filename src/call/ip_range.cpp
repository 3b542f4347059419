#include "call/ip_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace belfry::call {
namespace {
constexpr std::array<std::uint8_t, 12> v4_mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
}

std::optional<IpRange::Address> IpRange::read(std::string_view text) {
  const std::string terminated(text);
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  address.bits = 128;
  if (!std::ranges::equal(v4_mapped, std::span(address.bytes).first(v4_mapped.size())))
    return address;
  Address v4;
  std::copy_n(address.bytes.begin() + v4_mapped.size(), 4, v4.bytes.begin());
  v4.bits = 32;
  return v4;
}

std::optional<IpRange> IpRange::make(std::string_view address, unsigned prefix_bits) {
  const auto first = read(address);
  if (!first || prefix_bits > first->bits) return std::nullopt;
  IpRange range;
  range.first_ = *first;
  range.prefix_bits_ = prefix_bits;
  return range;
}

bool IpRange::contains(std::string_view address) const {
  const auto asked = read(address);
  if (!asked || asked->bits != first_.bits) return false;
  const std::size_t whole = prefix_bits_ / 8;
  if (!std::equal(first_.bytes.begin(), first_.bytes.begin() + whole, asked->bytes.begin()))
    return false;
  const unsigned rest = prefix_bits_ % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xFFU << (8 - rest) & 0xFFU;
  return ((first_.bytes[whole] ^ asked->bytes[whole]) & mask) == 0;
}

}  // namespace belfry::call
