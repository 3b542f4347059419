#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/time.hpp"

namespace belfry::identity {

/// What a Voice SDK may do with a token.
struct VoiceGrant {
  bool incoming_allow = false;
  std::string outgoing_application_sid;  // AP…; empty: it may not call out
  base::json::object outgoing_parameters;
};

/// An access token to be made.
struct AccessToken {
  std::string account_sid;  // AC…
  std::string key_sid;      // SK…
  std::string identity;
  std::chrono::seconds lifetime{3600};
  VoiceGrant voice;
};

/// The token as a JWT (RFC 7519, HS256), in the shape that Twilio's Voice SDKs expect: `cty`
/// `twilio-fpa;v=1`, `jti` of key and second, grants for identity and voice. Pure.
/// @param secret of the key
std::string sign_access_token(
    const AccessToken& token, std::string_view secret, base::WallTime now
);

/// `header.payload.signature` of a JSON Web Token with HMAC SHA-256 (RFC 7515).
std::string sign_jwt(
    const base::json::object& header, const base::json::object& payload, std::string_view secret
);

/// RFC 4648 §5 without padding.
std::string to_base64url(std::string_view bytes);

}  // namespace belfry::identity
