#include "identity/voice_token.hpp"

#include <algorithm>
#include <chrono>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "identity/jwt.hpp"

namespace belfry::identity {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::json::object;
using namespace std::chrono_literals;

constexpr std::chrono::seconds leeway = 60s;
constexpr std::chrono::seconds longest_life = 24h;
constexpr std::size_t max_identity = 256;
/// What separates an identity from something else in addresses, headers and lists.
constexpr std::string_view delimiters = "\"<>?&#;,\\";
constexpr std::string_view nobody = "Anonymous";  // a capability token may name no client

std::unexpected<base::Error> refuse(int code, std::string message) {
  return fail(Errc::unauthorized, std::move(message), code);
}

std::string text_of(const object& from, std::string_view name) {
  const auto* text = base::json::find_string(from, name);
  return text == nullptr ? std::string() : std::string(*text);
}

const object* object_of(const object& from, std::string_view name) {
  const base::json::value* found = base::json::find(from, name);
  return found == nullptr ? nullptr : found->if_object();
}

/// A NumericDate that is an integer; nothing when the claim is absent.
Result<std::optional<base::WallTime>> time_claim(const object& claims, std::string_view name) {
  const base::json::value* found = base::json::find(claims, name);
  if (found == nullptr) return std::nullopt;
  const std::int64_t* seconds = found->if_int64();
  constexpr std::int64_t year_9999 = 253'402'300'799;
  if (seconds == nullptr || *seconds < 0 || *seconds > year_9999)
    return refuse(voice_error::invalid_token, std::string(name) + " is no whole second");
  return base::WallTime(std::chrono::seconds(*seconds));
}

Result<base::WallTime> check_times(const object& claims, base::WallTime now) {
  BELFRY_TRY(expires, time_claim(claims, "exp"));
  BELFRY_TRY(issued, time_claim(claims, "iat"));
  BELFRY_TRY(begins, time_claim(claims, "nbf"));
  if (!expires) return refuse(voice_error::invalid_token, "the token never ends");
  if (*expires <= now) return refuse(voice_error::expired_token, "the token has expired");
  if ((issued && *issued > now + leeway) || (begins && *begins > now + leeway))
    return refuse(voice_error::invalid_token, "the token is not valid yet");
  if (*expires - issued.value_or(now) > longest_life)
    return refuse(voice_error::too_long_life, "the token lives for more than 24 hours");
  return *expires;
}

Result<> check_account(const Accounts& accounts, std::string_view sid) {
  const Account* account = accounts.find(sid);
  if (account == nullptr) return refuse(voice_error::no_valid_account, "there is no such account");
  if (account->status != Account::Status::active)
    return refuse(voice_error::authentication_failed, "the account is not active");
  return {};
}

Result<> check_identity(std::string_view identity) {
  const bool clean = std::ranges::none_of(identity, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || delimiters.contains(c);
  });
  if (!identity.empty() && identity.size() <= max_identity && clean) return {};
  return refuse(voice_error::bad_identity, "the token's identity is empty or has other characters");
}

std::string scalar_text(const base::json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  return base::json::serialize(value);
}

void read_voice_grant(const object& grants, VoiceToken& token) {
  const object* voice = object_of(grants, "voice");
  if (voice == nullptr) return;
  if (const object* incoming = object_of(*voice, "incoming")) {
    const base::json::value* allow = base::json::find(*incoming, "allow");
    token.may_be_called = allow != nullptr && allow->is_bool() && allow->as_bool();
  }
  const object* outgoing = object_of(*voice, "outgoing");
  if (outgoing == nullptr) return;
  token.application_sid = text_of(*outgoing, "application_sid");
  if (const object* parameters = object_of(*outgoing, "params"))
    for (const auto& [name, value] : *parameters)
      token.outgoing_parameters.emplace_back(name, scalar_text(value));
}

Result<VoiceToken> read_access_token(const Jwt& jwt, const Accounts& accounts, base::WallTime now) {
  const std::string issuer = text_of(jwt.claims, "iss");
  const ApiKey* key = accounts.find_key(issuer);
  // An unknown key costs the same work as a known one.
  const bool is_signed = is_signed_by(jwt, key == nullptr ? "nobody's" : key->secret);
  if (key == nullptr || !is_signed)
    return refuse(voice_error::invalid_token, "the token is signed by no key of ours");
  VoiceToken token;
  token.key_sid = issuer;
  token.account_sid = text_of(jwt.claims, "sub");
  BELFRY_TRY(expires, check_times(jwt.claims, now));
  token.expires = expires;
  if (token.account_sid != key->account_sid)
    return refuse(voice_error::no_valid_account, "the key belongs to another account");
  BELFRY_CHECK(check_account(accounts, token.account_sid));
  if (const object* grants = object_of(jwt.claims, "grants")) {
    token.identity = text_of(*grants, "identity");
    read_voice_grant(*grants, token);
  }
  BELFRY_CHECK(check_identity(token.identity));
  return token;
}

/// `name=value&…` of a scope or of what it carries.
call::NamedValues read_form(std::string_view text) {
  call::NamedValues fields;
  if (text.empty()) return fields;
  for (const std::string_view field : base::split(text, '&')) {
    const auto equals = std::min(field.find('='), field.size());
    std::string value(field.substr(std::min(equals + 1, field.size())));
    std::ranges::replace(value, '+', ' ');
    const auto name = base::percent_decode(field.substr(0, equals));
    const auto decoded = base::percent_decode(value);
    if (name && decoded) fields.emplace_back(*name, *decoded);
  }
  return fields;
}

std::string field_of(const call::NamedValues& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? std::string() : found->second;
}

void read_scope(std::string_view scope, VoiceToken& token) {
  constexpr std::string_view incoming = "scope:client:incoming?";
  constexpr std::string_view outgoing = "scope:client:outgoing?";
  const auto fields = read_form(scope.substr(std::min(scope.find('?') + 1, scope.size())));
  if (scope.starts_with(incoming)) token.may_be_called = true;
  if (scope.starts_with(outgoing)) {
    token.application_sid = field_of(fields, "appSid");
    token.outgoing_parameters = read_form(field_of(fields, "appParams"));
  }
  if (std::string name = field_of(fields, "clientName"); !name.empty())
    token.identity = std::move(name);
}

Result<VoiceToken> read_capability_token(
    const Jwt& jwt, const Accounts& accounts, base::WallTime now
) {
  VoiceToken token;
  token.account_sid = text_of(jwt.claims, "iss");
  const Account* account = accounts.find(token.account_sid);
  const bool is_signed = is_signed_by(jwt, account == nullptr ? "nobody's" : account->auth_token);
  if (account == nullptr || !is_signed)
    return refuse(voice_error::invalid_token, "the token is signed by no account of ours");
  BELFRY_TRY(expires, check_times(jwt.claims, now));
  token.expires = expires;
  BELFRY_CHECK(check_account(accounts, token.account_sid));
  token.identity = nobody;
  const std::string scopes = text_of(jwt.claims, "scope");
  for (const std::string_view scope : base::split(scopes, ' ')) read_scope(scope, token);
  BELFRY_CHECK(check_identity(token.identity));
  return token;
}

}  // namespace

Result<VoiceToken> verify_voice_token(
    std::string_view text, const Accounts& accounts, base::WallTime now
) {
  const auto jwt = parse_jwt(text);
  if (!jwt) return refuse(voice_error::invalid_token, jwt.error().message);
  const std::string issuer = text_of(jwt->claims, "iss");
  // A key that the header names must be the issuer's: there is no other.
  if (const auto* key = base::json::find(jwt->header, "kid"))
    if (!key->is_string() || key->as_string() != issuer)
      return refuse(voice_error::invalid_token, "the token names an unknown key");
  if (issuer.starts_with("AC")) return read_capability_token(*jwt, accounts, now);
  return read_access_token(*jwt, accounts, now);
}

bool is_still_valid(const VoiceToken& token, const Accounts& accounts) {
  const Account* account = accounts.find(token.account_sid);
  return account != nullptr && account->status == Account::Status::active &&
         (token.key_sid.empty() || accounts.find_key(token.key_sid) != nullptr);
}

}  // namespace belfry::identity
