#include "identity/media_links.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::identity {
namespace {

std::string_view value_of(std::string_view query, std::string_view name) {
  for (const std::string_view pair : base::split(query, '&')) {
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return pair.substr(equals + 1);
  }
  return {};
}

}  // namespace

MediaLinks::MediaLinks(std::span<const std::byte> master_key) {
  std::ranges::copy(base::hmac_sha256(master_key, "belfry media links 1"), key_.begin());
}

std::string MediaLinks::signature(std::string_view path, std::string_view expires) const {
  return base::to_hex(base::hmac_sha256(key_, std::string(path) + "\n" + std::string(expires)));
}

std::string MediaLinks::sign(std::string_view path, base::WallTime expires) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(expires.time_since_epoch());
  const std::string end = std::to_string(seconds.count());
  return std::string(path) + "?Expires=" + end + "&Signature=" + signature(path, end);
}

bool MediaLinks::allows(std::string_view path, std::string_view query, base::WallTime now) const {
  const std::string_view end = value_of(query, "Expires");
  const auto seconds = base::parse_unsigned(end);
  if (!seconds || *seconds > 1ULL << 40U) return false;
  if (!base::equal_in_constant_time(value_of(query, "Signature"), signature(path, end)))
    return false;
  return now < base::WallTime(std::chrono::seconds(*seconds));
}

}  // namespace belfry::identity
