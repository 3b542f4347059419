#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace belfry::identity {

/// The STUN and TURN servers that clients may use on their way to us; none are ours. `secret` is
/// shared with the TURN server (coturn's `static-auth-secret`).
struct IceServers {
  std::vector<std::string> stun_urls;  // "stun:stun.example.com:3478"
  std::vector<std::string> turn_urls;  // "turn:turn.example.com:3478?transport=udp"
  std::string turn_secret;
};

struct TurnCredentials {
  std::string username, password;
};
/// Credentials that end by themselves: the username is the second at which they do and whose they
/// are, the password is Base64(HMAC-SHA1(secret, username)), as TURN servers with a shared secret
/// check it (draft-uberti-behave-turn-rest-00, section 2.2; coturn's `use-auth-secret`).
TurnCredentials make_turn_credentials(
    const std::string& secret, const std::string& whose, base::WallTime until
);

}  // namespace belfry::identity
