#include "identity/ice_servers.hpp"

#include "base/encoding.hpp"

namespace belfry::identity {

TurnCredentials make_turn_credentials(
    const std::string& secret, const std::string& whose, base::WallTime until
) {
  const auto second = std::chrono::floor<std::chrono::seconds>(until).time_since_epoch();
  TurnCredentials credentials;
  credentials.username = std::to_string(second.count()) + ":" + whose;
  credentials.password =
      base::to_base64(base::hmac_sha1(base::as_bytes(secret), credentials.username));
  return credentials;
}

}  // namespace belfry::identity
