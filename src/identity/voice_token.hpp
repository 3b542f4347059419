#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "call/party_terms.hpp"
#include "identity/accounts.hpp"

namespace belfry::identity {

/// What a Voice SDK has proved by its token.
struct VoiceToken {
  std::string account_sid;
  std::string key_sid;  // empty: a capability token, signed with the account's own token
  std::string identity;
  base::WallTime expires{};
  bool may_be_called = false;
  std::string application_sid;            // what its calls run; empty: it may not call
  call::NamedValues outgoing_parameters;  // of those calls, stronger than the caller's
};

/// The errors of Twilio's Voice SDKs, in `Error::detail`.
namespace voice_error {
inline constexpr int authentication_failed = 31201;
inline constexpr int no_valid_account = 31203;
inline constexpr int invalid_token = 31204;
inline constexpr int expired_token = 31205;
inline constexpr int too_long_life = 31207;
inline constexpr int bad_identity = 31105;
}  // namespace voice_error

/// Checks an access token (by the secret of the API key that made it), or the capability token of
/// Twilio's older client (by the account's token), by rule T1: signature first, then the times
/// (60 s of leeway for the issuer's clock, none at the end; at most 24 h), the account and the
/// identity.
base::Result<VoiceToken> verify_voice_token(
    std::string_view token, const Accounts& accounts, base::WallTime now
);

/// The key and the account that it was made with are still there and active.
bool is_still_valid(const VoiceToken& token, const Accounts& accounts);

}  // namespace belfry::identity
