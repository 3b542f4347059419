#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belfry::base {

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(std::span<const std::byte> bytes);
std::string to_base64(std::span<const std::byte> bytes);
/// Strict: padding required, no white space.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

/// RFC 3986: everything but letters, digits and `-._~` becomes %XX (also in a query value; space is
/// %20).
std::string percent_encode(std::string_view text);
/// Undoes %XX; `+` stays. Nothing when an escape is broken.
std::optional<std::string> percent_decode(std::string_view text);

std::vector<std::byte> hmac_sha1(std::span<const std::byte> key, std::string_view text);
std::vector<std::byte> hmac_sha256(std::span<const std::byte> key, std::string_view text);
std::string sha256_hex(std::string_view text);
/// In time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace belfry::base
