#include "base/ids.hpp"

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace belfry::base {

std::string make_sid(std::string_view prefix, Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  return std::string(prefix) + to_hex(bytes);
}

std::string make_uuid(Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  std::string text = to_hex(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

bool is_sid(std::string_view text, std::string_view prefix) {
  if (text.size() != prefix.size() + 32 || !text.starts_with(prefix)) return false;
  return std::ranges::all_of(text.substr(prefix.size()), [](char digit) {
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
  });
}

}  // namespace belfry::base
