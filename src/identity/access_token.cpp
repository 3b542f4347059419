#include "identity/access_token.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace belfry::identity {
namespace {

using base::json::object;

object voice_grant(const VoiceGrant& grant) {
  object voice;
  if (grant.incoming_allow) voice["incoming"] = object{{"allow", true}};
  if (!grant.outgoing_application_sid.empty()) {
    object outgoing{{"application_sid", grant.outgoing_application_sid}};
    if (!grant.outgoing_parameters.empty()) outgoing["params"] = grant.outgoing_parameters;
    voice["outgoing"] = std::move(outgoing);
  }
  return voice;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string text = base::to_base64(base::as_bytes(bytes));
  text.erase(text.find_last_not_of('=') + 1);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string sign_jwt(const object& header, const object& payload, std::string_view secret) {
  const std::string signed_part = to_base64url(base::json::serialize(header)) + "." +
                                  to_base64url(base::json::serialize(payload));
  const auto signature = base::hmac_sha256(base::as_bytes(secret), signed_part);
  return signed_part + "." + to_base64url(base::as_text(signature));
}

std::string sign_access_token(
    const AccessToken& token, std::string_view secret, base::WallTime now
) {
  const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const object header{{"typ", "JWT"}, {"alg", "HS256"}, {"cty", "twilio-fpa;v=1"}};
  const object payload{
      {"jti", token.key_sid + "-" + std::to_string(issued)},
      {"grants", object{{"identity", token.identity}, {"voice", voice_grant(token.voice)}}},
      {"iat", issued},
      {"exp", issued + token.lifetime.count()},
      {"iss", token.key_sid},
      {"sub", token.account_sid},
  };
  return sign_jwt(header, payload, secret);
}

}  // namespace belfry::identity
