#pragma once
#include <array>
#include <cstddef>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"

/// Who may use this server: its own secrets, and the signatures that we send and check.
namespace belfry::identity {

/// What one installation is known by and signs with (rule D1). No two installations share any.
struct Keys {
  std::string account_sid;            // AC…
  std::string auth_token;             // 32 hex digits; signs webhooks
  std::string api_key_sid;            // SK…
  std::string api_key_secret;         // 32 letters and digits; signs access tokens
  std::string aws_access_key_id;      // AKIA + 16
  std::string aws_secret_access_key;  // 40 characters
  /// Call-ID, tags and branches are derived from it (rule R3).
  std::array<std::byte, 32> server_key{};
  /// Seals the nonces of digest authentication.
  std::array<std::byte, 32> nonce_key{};

  bool operator==(const Keys&) const = default;
};

struct LoadedKeys {
  Keys keys;
  bool created = false;  // this was the first start: show them once
};

Keys make_keys(base::Random& random);

/// Reads `<folder>/keys.json`, or makes it (folder 0700, file 0600, fsynced and renamed into place,
/// so that a crash leaves all of it or nothing).
/// @return Errc::forbidden when others may read or write the file, with the command that repairs
/// it; Errc::malformed when it is no keys file; Errc::io.
base::Result<LoadedKeys> load_or_create_keys(const std::string& folder, base::Random& random);
/// The same for tools beside the server: makes nothing. @return Errc::not_found before the first
/// start.
base::Result<Keys> load_keys(const std::string& folder);

}  // namespace belfry::identity
