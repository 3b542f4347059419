#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"

namespace belfry::identity {

/// Seals secrets that we must be able to use again (auth tokens, key secrets) for storage: AES-256
/// in GCM (NIST SP 800-38D) with a random nonce, under a key derived from the installation's own
/// (rules T3, D3). Whoever has the database but not the keys file reads nothing. Pure; any thread.
class Sealer {
 public:
  explicit Sealer(std::span<const std::byte> master_key);

  /// Base64 of nonce, ciphertext and tag.
  std::string seal(std::string_view secret, base::Random& random) const;
  /// @return Errc::malformed for what this key has not sealed.
  base::Result<std::string> open(std::string_view sealed) const;

 private:
  std::array<std::byte, 32> key_{};
};

}  // namespace belfry::identity
