#include "sip/digest.hpp"

#include "sip/digest_client.hpp"
#include "sip/digest_server.hpp"
#include "sip/message_for_test.hpp"

namespace belfry::sip {
namespace {

using base::VirtualClock;
using testing_support::message;

std::string response_of(
    DigestAlgorithm algorithm, std::string_view realm, std::string_view password,
    std::string_view nonce, std::string_view cnonce, std::string_view qop
) {
  const std::string ha1 = digest_ha1(algorithm, "Mufasa", realm, password);
  return digest_response(
      {.algorithm = algorithm,
       .ha1 = ha1,
       .nonce = nonce,
       .cnonce = cnonce,
       .nc = "00000001",
       .qop = qop,
       .method = "GET",
       .uri = "/dir/index.html"}
  );
}

TEST(SipDigest, MatchesTheExamplesOfRfc7616) {
  const char* nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const char* cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const char* realm = "http-auth@example.org";
  EXPECT_EQ(
      response_of(DigestAlgorithm::md5, realm, "Circle of Life", nonce, cnonce, "auth"),
      "8ca523f5e9506fed4657c9700eebdbec"
  );
  EXPECT_EQ(
      response_of(DigestAlgorithm::sha256, realm, "Circle of Life", nonce, cnonce, "auth"),
      "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
  );
}

TEST(SipDigest, MatchesTheExampleOfRfc2617AndItsFormWithoutQop) {
  const char* nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  const char* realm = "testrealm@host.com";
  EXPECT_EQ(
      response_of(DigestAlgorithm::md5, realm, "Circle Of Life", nonce, "0a4f113b", "auth"),
      "6629fae49393a05397450978507c4ef1"
  );
  EXPECT_EQ(
      response_of(DigestAlgorithm::md5, realm, "Circle Of Life", nonce, "", ""),
      "670fd8c2df070c60b045671b8b24ff02"
  );
}

TEST(SipAuthHeader, ReadsQuotesEscapesAndSpaces) {
  const auto header =
      AuthHeader::parse("Digest  Username=\"a\\\"b,c\" , realm=\"r\",algorithm=MD5 ,qop = \"auth\""
      );
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->scheme, "digest");
  EXPECT_EQ((*header)["username"], "a\"b,c");
  EXPECT_EQ((*header)["algorithm"], "MD5");
  EXPECT_EQ((*header)["qop"], "auth");
}

TEST(SipAuthHeader, RefusesWhatDoesNotParse) {
  for (const char* line :
       {"", "Digest realm", "Digest realm=\"x", "Digest realm=\"x\" nonce=\"y\"", "Digest =x",
        "Digest realm=\"a\", Realm=\"b\"", "Digest realm=\"x\\", "Di gest=,", "Digest ,realm=x"})
    EXPECT_FALSE(AuthHeader::parse(line)) << line;
  std::string many = "Digest a0=1";
  for (int i = 1; i < 40; ++i) many += ", a" + std::to_string(i) + "=1";
  EXPECT_FALSE(AuthHeader::parse(many));
}

/// A phone that does digest right unless told otherwise.
struct Phone {
  std::string username = "desk1", password = "secret", realm = "belfry", nonce, uri = "sip:belfry";
  std::string nc = "00000001", cnonce = "0a4f113b", qop = "auth", algorithm = "SHA-256", more;

  std::string authorization() const {
    const auto kind = digest_algorithm_from(algorithm).value_or(DigestAlgorithm::md5);
    const std::string ha1 = digest_ha1(kind, username, realm, password);
    std::string line = "Digest username=\"" + username + "\", realm=\"" + realm + "\", nonce=\"" +
                       nonce + "\", uri=\"" + uri + "\", response=\"" +
                       digest_response(
                           {.algorithm = kind,
                            .ha1 = ha1,
                            .nonce = nonce,
                            .cnonce = cnonce,
                            .nc = nc,
                            .qop = qop,
                            .method = "REGISTER",
                            .uri = uri}
                       ) +
                       '"';
    if (!algorithm.empty()) line += ", algorithm=" + algorithm;
    if (!qop.empty()) line += ", qop=" + qop + ", nc=" + nc + ", cnonce=\"" + cnonce + '"';
    return line + more;
  }
  Message request() const { return with("Authorization: " + authorization() + "\n"); }
  static Message with(const std::string& lines) {
    return message(
        "REGISTER sip:belfry SIP/2.0\nFrom: <sip:desk1@belfry>;tag=1\nTo: <sip:desk1@belfry>\n"
        "Call-ID: c\nCSeq: 1 REGISTER\nMax-Forwards: 70\n" +
        lines
    );
  }
};

class SipDigestServer : public testing::Test {
 protected:
  std::string fresh_nonce() {
    const auto header = AuthHeader::parse(server.challenges(clock.now())[0]);
    return std::string((*header)["nonce"]);
  }
  Phone phone() {
    Phone out;
    out.nonce = fresh_nonce();
    return out;
  }
  DigestVerdict check(const Phone& phone, std::string_view source = "192.0.2.5") {
    const auto presented = server.read(phone.request());
    if (!presented) return DigestVerdict::refused;
    const bool known = presented->username == "desk1";
    const std::optional<DigestSecret> secret =
        known ? std::optional(DigestSecret::of("desk1", "belfry", "secret")) : std::nullopt;
    return server.verify(*presented, secret, source, clock.now());
  }

  VirtualClock clock;
  DigestServer server{{.realm = "belfry", .nonce_key = "0123456789abcdef", .max_nonces = 4}};
};

TEST_F(SipDigestServer, OffersSha256BeforeMd5WithOneNonce) {
  const auto lines = server.challenges(clock.now(), true);
  ASSERT_EQ(lines.size(), 2U);
  const auto first = AuthHeader::parse(lines[0]), second = AuthHeader::parse(lines[1]);
  EXPECT_EQ((*first)["algorithm"], "SHA-256");
  EXPECT_EQ((*second)["algorithm"], "MD5");
  EXPECT_EQ((*first)["nonce"], (*second)["nonce"]);
  EXPECT_EQ((*first)["qop"], "auth");
  EXPECT_EQ((*first)["stale"], "true");
  EXPECT_NE(fresh_nonce(), fresh_nonce());
}

TEST_F(SipDigestServer, AcceptsBothAlgorithmsAndTheOldDefault) {
  for (const char* algorithm : {"SHA-256", "MD5", "md5", ""}) {
    Phone right = phone();
    right.algorithm = algorithm;
    EXPECT_EQ(check(right), DigestVerdict::accepted) << algorithm;
  }
}

TEST_F(SipDigestServer, RuleS4AReplayIsStaleAndARisingCountIsNot) {
  Phone right = phone();
  EXPECT_EQ(check(right), DigestVerdict::accepted);
  EXPECT_EQ(check(right), DigestVerdict::stale);
  right.nc = "00000003";
  EXPECT_EQ(check(right), DigestVerdict::accepted);
  right.nc = "00000002";
  EXPECT_EQ(check(right), DigestVerdict::stale);
  right.nc = "00000000";
  EXPECT_EQ(check(right), DigestVerdict::stale);
}

TEST_F(SipDigestServer, RuleS4EachAbuseIsRefused) {
  struct Abuse {
    const char* what;
    std::function<void(Phone&)> change;
  };
  const std::vector<Abuse> abuses = {
      {"wrong password", [](Phone& p) { p.password = "wrong"; }},
      {"unknown user", [](Phone& p) { p.username = "ghost"; }},
      {"foreign uri", [](Phone& p) { p.uri = "sip:elsewhere"; }},
      {"no qop", [](Phone& p) { p.qop = ""; }},
      {"auth-int", [](Phone& p) { p.qop = "auth-int"; }},
      {"unknown algorithm", [](Phone& p) { p.algorithm = "SHA-512-256"; }},
      {"session variant", [](Phone& p) { p.algorithm = "MD5-sess"; }},
      {"foreign realm", [](Phone& p) { p.realm = "other"; }},
      {"doubled username", [](Phone& p) { p.more = ", username=\"desk1\""; }},
      {"doubled nonce", [](Phone& p) { p.more = ", NONCE=\"x\""; }},
      {"short nc", [](Phone& p) { p.nc = "1"; }},
      {"nc is no number", [](Phone& p) { p.nc = "0000000x"; }},
      {"no cnonce", [](Phone& p) { p.cnonce = ""; }},
      {"hashed user name", [](Phone& p) { p.more = ", userhash=true"; }},
  };
  for (const Abuse& abuse : abuses) {
    Phone wrong = phone();
    abuse.change(wrong);
    EXPECT_EQ(check(wrong), DigestVerdict::refused) << abuse.what;
  }
  EXPECT_EQ(check(phone()), DigestVerdict::accepted);
}

TEST_F(SipDigestServer, CredentialsMustBeOneAndForThisVeryRequest) {
  EXPECT_EQ(server.read(Phone::with("")).error().code, base::Errc::not_found);
  EXPECT_EQ(
      server.read(Phone::with("Authorization: NoOneKnowsThisScheme opaque-data=here\n"))
          .error()
          .code,
      base::Errc::not_found
  );
  const std::string line = "Authorization: " + phone().authorization() + "\n";
  EXPECT_EQ(server.read(Phone::with(line + line)).error().code, base::Errc::unauthorized);
}

TEST_F(SipDigestServer, ANonceEndsAfterSixtySeconds) {
  Phone right = phone();
  clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(check(right), DigestVerdict::accepted);
  right.nc = "00000002";
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(check(right), DigestVerdict::stale);
}

TEST_F(SipDigestServer, AForgedNonceIsStaleOnlyWithTheRightPassword) {
  Phone forged = phone();
  forged.nonce.back() = forged.nonce.back() == '0' ? '1' : '0';
  EXPECT_EQ(check(forged), DigestVerdict::stale);
  forged.password = "wrong";
  EXPECT_EQ(check(forged), DigestVerdict::refused);
  forged.nonce = "x";
  forged.password = "secret";
  EXPECT_EQ(check(forged), DigestVerdict::stale);
}

TEST_F(SipDigestServer, RuleR11TheNonceTableIsBoundedAndNothingForgottenCanBeReplayed) {
  std::vector<Phone> used;
  for (int i = 0; i < 10; ++i) {
    used.push_back(phone());
    EXPECT_EQ(check(used.back()), DigestVerdict::accepted);
    EXPECT_LE(server.remembered_nonces(), 4U);
  }
  for (const Phone& replay : used) EXPECT_EQ(check(replay), DigestVerdict::stale);
  clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(check(phone()), DigestVerdict::accepted);
  EXPECT_EQ(server.remembered_nonces(), 1U);
}

TEST_F(SipDigestServer, RuleS4TwentyFailuresAMinuteBanTheSourceNotTheUser) {
  Phone wrong = phone();
  wrong.password = "wrong";
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(server.is_banned("192.0.2.66", clock.now())) << i;
    (void)check(wrong, "192.0.2.66");
  }
  EXPECT_TRUE(server.is_banned("192.0.2.66", clock.now()));
  EXPECT_FALSE(server.is_banned("192.0.2.5", clock.now()));
  EXPECT_EQ(check(phone()), DigestVerdict::accepted);
  clock.advance(std::chrono::seconds(60));
  EXPECT_FALSE(server.is_banned("192.0.2.66", clock.now()));
}

TEST_F(SipDigestServer, SlowFailuresBanNobodyAndTheSourceTableIsBounded) {
  Phone wrong = phone();
  wrong.password = "wrong";
  for (int i = 0; i < 100; ++i) {
    (void)check(wrong, "192.0.2.66");
    clock.advance(std::chrono::seconds(4));
  }
  EXPECT_FALSE(server.is_banned("192.0.2.66", clock.now()));
  for (int i = 0; i < 5000; ++i) (void)check(wrong, "2001:db8::" + std::to_string(i));
  EXPECT_LE(server.remembered_sources(), 4096U);
}

Message challenge_of(const std::vector<std::string>& lines, int status = 401) {
  std::string text =
      "SIP/2.0 " + std::to_string(status) +
      " No\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: c\nCSeq: 1 REGISTER\n";
  for (const std::string& line : lines)
    text += (status == 407 ? "Proxy-Authenticate: " : "WWW-Authenticate: ") + line + "\n";
  return message(text);
}

class SipDigestClient : public testing::Test {
 protected:
  base::SeededRandom random{1};
  DigestClient client{{.username = "desk1", .password = "secret", .realm = "belfry"}, random};
};

TEST_F(SipDigestClient, TheTwoSidesUnderstandEachOther) {
  VirtualClock clock;
  DigestServer server({.realm = "belfry", .nonce_key = "key"});
  ASSERT_TRUE(client.take_challenge(
      challenge_of(server.challenges(clock.now())), ChallengeFrom::configured_trunk
  ));
  for (int i = 0; i < 3; ++i) {
    const auto header = client.authorize("REGISTER", "sip:belfry");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->id, HeaderId::authorization);
    const auto presented = server.read(Phone::with("Authorization: " + header->value + "\n"));
    ASSERT_TRUE(presented) << presented.error().message;
    EXPECT_EQ(presented->algorithm, DigestAlgorithm::sha256);
    EXPECT_EQ(
        server.verify(
            *presented, DigestSecret::of("desk1", "belfry", "secret"), "192.0.2.5", clock.now()
        ),
        DigestVerdict::accepted
    );
  }
}

TEST_F(SipDigestClient, RuleS5OnlyTheTrunksOwnChallengeIsAnswered) {
  const auto right = challenge_of({"Digest realm=\"belfry\", nonce=\"n\""});
  const auto foreign = challenge_of({"Digest realm=\"other\", nonce=\"n\""});
  EXPECT_EQ(
      client.take_challenge(right, ChallengeFrom::somebody_else).error().code, base::Errc::forbidden
  );
  EXPECT_EQ(
      client.take_challenge(foreign, ChallengeFrom::configured_trunk).error().code,
      base::Errc::forbidden
  );
  EXPECT_FALSE(client.authorize("INVITE", "sip:x"));
}

TEST_F(SipDigestClient, AnswersProxiesLegacyServersAndSessionVariants) {
  struct Row {
    const char* challenge;
    const char* has;
    const char* has_not;
  };
  for (const Row& row : {
           Row{"Digest realm=\"belfry\", nonce=\"n\"", "response=", "qop="},
           Row{"Digest realm=\"belfry\", nonce=\"n\", qop=\"auth,auth-int\"", "qop=auth",
               "algorithm"},
           Row{"Digest realm=\"belfry\", nonce=\"n\", algorithm=MD5-sess, qop=auth", "MD5-sess",
               "opaque"},
           Row{"Digest realm=\"belfry\", nonce=\"n\", opaque=\"o\"", "opaque=\"o\"", "cnonce"},
       }) {
    DigestClient one({.username = "u", .password = "p"}, random);
    ASSERT_TRUE(
        one.take_challenge(challenge_of({row.challenge}, 407), ChallengeFrom::configured_trunk)
    ) << row.challenge;
    const auto header = one.authorize("INVITE", "sip:x");
    EXPECT_EQ(header->id, HeaderId::proxy_authorization);
    EXPECT_NE(header->value.find(row.has), std::string::npos) << header->value;
    EXPECT_EQ(header->value.find(row.has_not), std::string::npos) << header->value;
  }
}

TEST_F(SipDigestClient, WhatItCannotDoIsSaid) {
  for (const char* line :
       {"Basic realm=\"belfry\"", "Digest realm=\"belfry\", nonce=\"n\", algorithm=SHA-512",
        "Digest realm=\"belfry\", nonce=\"n\", qop=\"auth-int\"", "Digest realm=\"belfry\""})
    EXPECT_EQ(
        client.take_challenge(challenge_of({line}), ChallengeFrom::configured_trunk).error().code,
        base::Errc::unsupported
    ) << line;
}

TEST_F(SipDigestClient, ARefusalEndsItButStaleIsTriedOnce) {
  const auto fresh = challenge_of({"Digest realm=\"belfry\", nonce=\"n1\", qop=\"auth\""});
  const auto stale =
      challenge_of({"Digest realm=\"belfry\", nonce=\"n2\", qop=\"auth\", stale=TRUE"});
  const auto trunk = ChallengeFrom::configured_trunk;
  ASSERT_TRUE(client.take_challenge(fresh, trunk));
  (void)client.authorize("INVITE", "sip:x");
  ASSERT_TRUE(client.take_challenge(stale, trunk));
  (void)client.authorize("INVITE", "sip:x");
  EXPECT_EQ(client.take_challenge(stale, trunk).error().code, base::Errc::unauthorized);
  DigestClient other({.username = "u", .password = "p"}, random);
  ASSERT_TRUE(other.take_challenge(fresh, trunk));
  (void)other.authorize("INVITE", "sip:x");
  EXPECT_EQ(other.take_challenge(fresh, trunk).error().code, base::Errc::unauthorized);
}

TEST_F(SipDigestClient, ANonceThatWorkedBeforeMayGrowOldWithoutStale) {
  const auto fresh = challenge_of({"Digest realm=\"belfry\", nonce=\"n1\", qop=\"auth\""});
  const auto trunk = ChallengeFrom::configured_trunk;
  ASSERT_TRUE(client.take_challenge(fresh, trunk));
  (void)client.authorize("INVITE", "sip:x");
  client.accepted();
  const auto second = client.authorize("BYE", "sip:x");
  EXPECT_NE(second->value.find("nc=00000002"), std::string::npos);
  ASSERT_TRUE(client.take_challenge(fresh, trunk));
  (void)client.authorize("BYE", "sip:x");
  EXPECT_FALSE(client.take_challenge(fresh, trunk));
}

}  // namespace
}  // namespace belfry::sip
