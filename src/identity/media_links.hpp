#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace belfry::identity {

/// Links to media that need no credentials for a while: an `<audio>` element can send none
/// (rule P4). The query holds the end and an HMAC-SHA256 over path and end, under a key derived
/// from the installation's own. Pure; any thread.
class MediaLinks {
 public:
  explicit MediaLinks(std::span<const std::byte> master_key);

  /// `path?Expires=…&Signature=…`
  std::string sign(std::string_view path, base::WallTime expires) const;
  /// Whether `query` (as received) opens exactly this path now.
  bool allows(std::string_view path, std::string_view query, base::WallTime now) const;

 private:
  std::string signature(std::string_view path, std::string_view expires) const;
  std::array<std::byte, 32> key_{};
};

}  // namespace belfry::identity
