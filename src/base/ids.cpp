#include "base/ids.hpp"

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace belfry::base {

std::string make_sid(std::string_view prefix, Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  return std::string(prefix) + to_hex(bytes);
}

bool is_sid(std::string_view text, std::string_view prefix) {
  if (text.size() != prefix.size() + 32 || !text.starts_with(prefix)) return false;
  return std::ranges::all_of(text.substr(prefix.size()), [](char digit) {
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
  });
}

}  // namespace belfry::base
