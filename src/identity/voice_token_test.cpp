#include "identity/voice_token.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "identity/access_token.hpp"
#include "identity/jwt.hpp"
#include "store/testing.hpp"

namespace belfry::identity {
namespace {

using base::json::array;
using base::json::object;
using base::json::value;
using namespace std::chrono_literals;

const std::string account_sid = "AC" + std::string(32, '1');
const std::string key_sid = "SK" + std::string(32, '2');
constexpr std::string_view secret = "the key's secret";
constexpr std::string_view auth_token = "the account's token";

struct VoiceTokenTest : testing::Test {
  VoiceTokenTest() : accounts(store.loop, *store.store, random, Sealer({}), settings()) {}

  static Accounts::Settings settings() {
    Account main;
    main.sid = account_sid;
    main.auth_token = auth_token;
    ApiKey key;
    key.sid = key_sid;
    key.account_sid = account_sid;
    key.secret = secret;
    return {std::move(main), std::move(key)};
  }
  std::int64_t seconds(base::Duration from_now) const {
    const auto at = store.loop.wall_now() + std::chrono::floor<std::chrono::seconds>(from_now);
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  }
  object claims() const {
    const object voice{
        {"incoming", object{{"allow", true}}},
        {"outgoing",
         object{{"application_sid", "AP1"}, {"params", object{{"vip", true}, {"tier", "gold"}}}}},
    };
    return {
        {"jti", key_sid + "-1"},
        {"iss", key_sid},
        {"sub", account_sid},
        {"iat", seconds(0s)},
        {"exp", seconds(1h)},
        {"grants", object{{"identity", "alice"}, {"voice", voice}, {"video", object{}}}},
    };
  }
  object with(std::string_view name, value claim) const {
    object changed = claims();
    changed[name] = std::move(claim);
    return changed;
  }
  static object header() { return {{"typ", "JWT"}, {"alg", "HS256"}, {"cty", "twilio-fpa;v=1"}}; }
  static object header_with(std::string_view name, value field) {
    object changed = header();
    changed[name] = std::move(field);
    return changed;
  }
  /// The code of the refusal; 0 when the token is good.
  int verdict(std::string_view token) const {
    const auto read = verify_voice_token(token, accounts, store.loop.wall_now());
    return read ? 0 : read.error().detail;
  }
  int verdict(const object& payload) const { return verdict(sign_jwt(header(), payload, secret)); }

  store::testing::Fixture store;
  base::SeededRandom random{1};
  Accounts accounts;
};

TEST_F(VoiceTokenTest, AnAccessTokenSaysWhoAndWhat) {
  const std::string token = sign_jwt(header(), claims(), secret);
  const auto read = verify_voice_token(token, accounts, store.loop.wall_now());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->account_sid, account_sid);
  EXPECT_EQ(read->key_sid, key_sid);
  EXPECT_EQ(read->identity, "alice");
  EXPECT_EQ(read->expires, store.loop.wall_now() + 1h);
  EXPECT_TRUE(read->may_be_called);
  EXPECT_EQ(read->application_sid, "AP1");
  EXPECT_EQ(read->outgoing_parameters, (call::NamedValues{{"vip", "true"}, {"tier", "gold"}}));
}

TEST_F(VoiceTokenTest, WhatIsNotGrantedIsNotAllowed) {
  const object grants{{"identity", "bob"}, {"voice", object{}}};
  const std::string token = sign_jwt(header(), with("grants", grants), secret);
  const auto read = verify_voice_token(token, accounts, store.loop.wall_now());
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->may_be_called);
  EXPECT_EQ(read->application_sid, "");
}

TEST_F(VoiceTokenTest, OtherLengthsOfTheSignatureAreTaken) {
  // Signed with Python's hmac: {"alg":"HS384"} and {"alg":"HS512"} over {"iss":"x"}, key "k".
  for (const std::string_view token :
       {"eyJhbGciOiJIUzM4NCJ9.eyJpc3MiOiJ4In0."
        "hNI6MBt9AeNUSIwy6BeFvYY2Jp-TSdHdqSZXQ2XCcOlFETwNKpdxfu3VZlyCAz5l",
        "eyJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJ4In0."
        "9P0wEt9wql1WxZBHXYOk5gH0rYAllVs8sgmwh24RUz6c20aR3nOfiTW-PKN05M7YilWj1yfRcZmjDtd2SB1BTg"}) {
    const auto read = parse_jwt(token);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(is_signed_by(*read, "k"));
    EXPECT_FALSE(is_signed_by(*read, "K"));
  }
}

TEST_F(VoiceTokenTest, WhatIsNoTokenIs31204_RuleT1) {
  const std::string good = sign_jwt(header(), claims(), secret);
  EXPECT_EQ(verdict(good), 0);
  for (const std::string& bad :
       {std::string(), std::string("a.b"), good + ".x", good + "=", " " + good,
        good.substr(0, good.size() - 1), std::string(9000, 'a')})
    EXPECT_EQ(verdict(bad), 31204) << bad.substr(0, 40);
  EXPECT_EQ(verdict(sign_jwt(header(), claims(), "another secret")), 31204);
  EXPECT_EQ(verdict(sign_jwt(header(), claims(), auth_token)), 31204);
  EXPECT_EQ(verdict(with("iss", value("SK" + std::string(32, '3')))), 31204);
  EXPECT_EQ(verdict(with("iss", nullptr)), 31204);
}

TEST_F(VoiceTokenTest, TheHeaderChoosesNoKeyAndNoOtherAlgorithm_RuleT1) {
  const auto refused = [&](std::string_view name, value field) {
    return verdict(sign_jwt(header_with(name, std::move(field)), claims(), secret)) == 31204;
  };
  EXPECT_TRUE(refused("alg", "none"));
  EXPECT_TRUE(refused("alg", "RS256"));
  EXPECT_TRUE(refused("alg", array{"HS256"}));
  EXPECT_TRUE(refused("crit", array{"exp"}));
  EXPECT_TRUE(refused("jwk", object{}));
  EXPECT_TRUE(refused("jku", "https://keys.example"));
  EXPECT_TRUE(refused("x5u", "https://keys.example"));
  EXPECT_TRUE(refused("kid", "another"));
  EXPECT_FALSE(refused("kid", value(key_sid)));
}

TEST_F(VoiceTokenTest, TimesAreKept_RuleT1) {
  EXPECT_EQ(verdict(with("exp", seconds(0s))), 31205);
  EXPECT_EQ(verdict(with("exp", seconds(1s))), 0);
  EXPECT_EQ(verdict(with("exp", seconds(24h))), 0);
  EXPECT_EQ(verdict(with("exp", seconds(24h + 1s))), 31207);
  EXPECT_EQ(verdict(with("exp", nullptr)), 31204);
  EXPECT_EQ(verdict(with("exp", "soon")), 31204);
  EXPECT_EQ(verdict(with("exp", 1e10)), 31204);
  EXPECT_EQ(verdict(with("nbf", seconds(60s))), 0);
  EXPECT_EQ(verdict(with("nbf", seconds(61s))), 31204);
  EXPECT_EQ(verdict(with("iat", seconds(61s))), 31204);
}

TEST_F(VoiceTokenTest, TheAccountIsTheKeys) {
  EXPECT_EQ(verdict(with("sub", value("AC" + std::string(32, '9')))), 31203);
  Account suspended = accounts.main();
  suspended.status = Account::Status::suspended;
  int told = 0;
  accounts.on_withdrawn([&] { ++told; });
  const auto updated = store::testing::wait_for(store.loop, accounts.update(suspended));
  ASSERT_TRUE(updated);
  EXPECT_EQ(verdict(claims()), 31201);
  EXPECT_EQ(told, 1);
}

TEST_F(VoiceTokenTest, IdentitiesHaveNoSeparators) {
  for (const std::string& identity :
       {std::string(), std::string("a b"), std::string("a\n"), std::string("<a>"),
        std::string("a?b"), std::string(257, 'a')})
    EXPECT_EQ(verdict(with("grants", object{{"identity", identity}})), 31105) << identity;
  for (const std::string& identity :
       {std::string("alice@example.com"), std::string("søren"), std::string(256, 'a')})
    EXPECT_EQ(verdict(with("grants", object{{"identity", identity}})), 0) << identity;
}

TEST_F(VoiceTokenTest, ARevokedKeyStopsAtOnce_RuleT1) {
  const std::string token = sign_jwt(header(), claims(), secret);
  const auto before = verify_voice_token(token, accounts, store.loop.wall_now());
  ASSERT_TRUE(before);
  EXPECT_TRUE(is_still_valid(*before, accounts));
  int told = 0;
  accounts.on_withdrawn([&] { ++told; });
  ASSERT_TRUE(store::testing::wait_for(store.loop, accounts.remove_key(key_sid)));
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(is_still_valid(*before, accounts));
  EXPECT_EQ(verdict(token), 31204);
}

TEST_F(VoiceTokenTest, CapabilityTokensOfTheOlderClientAreTaken) {
  const object payload{
      {"iss", account_sid},
      {"exp", seconds(1h)},
      {"scope",
       "scope:client:incoming?clientName=jenny "
       "scope:client:outgoing?appSid=AP2&clientName=jenny&appParams=a%3D1%26b%3Dx%2520y"},
  };
  const std::string token = sign_jwt({{"alg", "HS256"}}, payload, auth_token);
  const auto read = verify_voice_token(token, accounts, store.loop.wall_now());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->identity, "jenny");
  EXPECT_EQ(read->key_sid, "");
  EXPECT_TRUE(read->may_be_called);
  EXPECT_EQ(read->application_sid, "AP2");
  EXPECT_EQ(read->outgoing_parameters, (call::NamedValues{{"a", "1"}, {"b", "x y"}}));
  EXPECT_EQ(verdict(sign_jwt({{"alg", "HS256"}}, payload, secret)), 31204);
}

}  // namespace
}  // namespace belfry::identity
