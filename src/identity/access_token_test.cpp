#include "identity/access_token.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::identity {
namespace {

base::json::value part(const std::string& token, std::size_t index) {
  std::string text(base::split(token, '.')[index]);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  while (text.size() % 4 != 0) text += '=';
  const auto bytes = base::from_base64(text);
  return bytes ? base::json::parse(base::as_text(*bytes)).value_or(nullptr) : nullptr;
}

// The signature was made with Python's hmac.
TEST(Jwt, IsSignedWithHmacSha256) {
  EXPECT_EQ(
      sign_jwt({{"alg", "HS256"}, {"typ", "JWT"}}, {{"sub", "1234567890"}}, "your-256-bit-secret"),
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
      "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
  );
}

TEST(Jwt, Base64UrlHasNoPaddingAndNoReservedCharacters) {
  EXPECT_EQ(to_base64url("\xFB\xEF\xFF"), "--__");
  EXPECT_EQ(to_base64url("a"), "YQ");
  EXPECT_EQ(to_base64url(""), "");
}

TEST(AccessToken, HasTheClaimsThatTheVoiceSdkReads) {
  AccessToken token;
  token.account_sid = "AC1";
  token.key_sid = "SK1";
  token.identity = "test-user";
  token.voice.incoming_allow = true;
  token.voice.outgoing_application_sid = "AP1";
  const std::string made =
      sign_access_token(token, "secret", base::from_unix_micros(1'700'000'000'900'000));
  EXPECT_EQ(
      base::json::serialize(part(made, 0)), R"({"typ":"JWT","alg":"HS256","cty":"twilio-fpa;v=1"})"
  );
  EXPECT_EQ(
      base::json::serialize(part(made, 1)),
      R"({"jti":"SK1-1700000000","grants":{"identity":"test-user","voice":{"incoming":{"allow":true},)"
      R"("outgoing":{"application_sid":"AP1"}}},"iat":1700000000,"exp":1700003600,"iss":"SK1","sub":"AC1"})"
  );
}

TEST(AccessToken, WhatIsNotGrantedIsNotThere) {
  AccessToken token;
  token.identity = "x";
  const auto payload = part(sign_access_token(token, "secret", {}), 1);
  EXPECT_TRUE(payload.at("grants").at("voice").as_object().empty());
}

}  // namespace
}  // namespace belfry::identity
