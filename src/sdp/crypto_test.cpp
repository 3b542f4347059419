#include "sdp/crypto.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "sdp/offer_answer.hpp"

namespace belfry::sdp {
namespace {

const std::string key_30 = base::to_base64(base::as_bytes("0123456789abcdef0123456789abcd"));
const std::string other_30 = base::to_base64(base::as_bytes("abcdef0123456789abcdef01234567"));

Capabilities capable(Encryption encryption, std::string_view secret = "a secret of this call") {
  Capabilities local;
  local.address = "192.0.2.1";
  local.rtp_port = 20'000;
  local.encryption = encryption;
  local.crypto_suites = {{"AEAD_AES_128_GCM", 28}, {"AES_CM_128_HMAC_SHA1_80", 30}};
  const auto bytes = base::as_bytes(secret);
  local.crypto_secret.assign(bytes.begin(), bytes.end());
  return local;
}

Description described(std::string_view profile, std::initializer_list<std::string> lines) {
  std::string text =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 ";
  text.append(profile).append(" 0\r\n");
  for (const std::string& line : lines) text += "a=crypto:" + line + "\r\n";
  return *parse(text);
}

std::size_t count_keys(const Description& description) {
  const auto& attributes = description.media.front().attributes;
  return static_cast<std::size_t>(std::ranges::count(attributes, "crypto", &Attribute::name));
}

TEST(CryptoLine, IsReadAsTheStandardShowsIt) {
  // RFC 4568 section 9.1 without the MKI.
  const auto line =
      parse_crypto("1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20"
      );
  ASSERT_TRUE(line);
  EXPECT_EQ(line->tag, 1u);
  EXPECT_EQ(line->suite, "AES_CM_128_HMAC_SHA1_80");
  EXPECT_EQ(base::as_text(line->key_and_salt), "wDfvg&T+)xG7@fb5jU,RaA}\\|p0%*#");
  const auto again = parse_crypto(to_string(*line));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->key_and_salt, line->key_and_salt);
}

TEST(CryptoLine, WhatWouldChangeThePacketsIsNotTaken) {
  for (const std::string& bad : std::vector<std::string>{
           std::string(), std::string("1"),
           std::string("x AES_CM_128_HMAC_SHA1_80 inline:") + key_30,
           "1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30 + "|2^20|1:4",
           "1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30 + ";inline:" + other_30,
           "1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30 + " UNENCRYPTED_SRTP",
           "1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30 + " KDR=1",
           "1 AES_CM_128_HMAC_SHA1_80 inline:not base64",
           "1 AES_CM_128_HMAC_SHA1_80 uri:https://example.com/key"
       })
    EXPECT_FALSE(parse_crypto(bad)) << bad;
  EXPECT_TRUE(parse_crypto("1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30 + " WSH=64"));
}

TEST(Encryption, BothEndsAgreeOnTheBestSuiteAndOnEachOthersKeys) {
  for (const auto wanted : {Encryption::optional, Encryption::required}) {
    OfferAnswer caller(capable(wanted, "caller"), "1"), called(capable(wanted, "called"), "2");
    const Description offer = caller.offer();
    EXPECT_EQ(offer.media.front().profile, wanted == Encryption::required ? "RTP/SAVP" : "RTP/AVP");
    const auto answer = called.answer(offer);
    ASSERT_TRUE(answer);
    ASSERT_TRUE(caller.apply_answer(*answer));
    const auto& here = caller.audio()->crypto;
    const auto& there = called.audio()->crypto;
    ASSERT_TRUE(here && there);
    EXPECT_EQ(here->suite, "AEAD_AES_128_GCM");
    EXPECT_EQ(here->send_key, there->receive_key);
    EXPECT_EQ(there->send_key, here->receive_key);
    EXPECT_NE(here->send_key, there->send_key);
  }
}

TEST(Encryption, WhoMustEncryptTakesNothingElse) {
  OfferAnswer strict(capable(Encryption::required), "1");
  EXPECT_FALSE(strict.answer(described("RTP/AVP", {})));
  EXPECT_FALSE(strict.answer(described("RTP/SAVP", {"1 F8_128_HMAC_SHA1_80 inline:" + key_30})));
  EXPECT_TRUE(strict.answer(described("RTP/SAVP", {"7 AES_CM_128_HMAC_SHA1_80 inline:" + key_30})));
  (void)strict.offer();
  EXPECT_FALSE(strict.apply_answer(described("RTP/SAVP", {})));
}

TEST(Encryption, WhoMustNotEncryptTakesNoEncryptedOffer) {
  OfferAnswer plain(capable(Encryption::off), "1");
  EXPECT_EQ(count_keys(plain.offer()), 0u) << "no key leaves";
  plain.abandon_offer();
  const std::string line = "1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30;
  EXPECT_FALSE(plain.answer(described("RTP/SAVP", {line})));
  ASSERT_TRUE(plain.answer(described("RTP/AVP", {line})));
  EXPECT_FALSE(plain.audio()->crypto);
}

TEST(Encryption, OptionalIsPlainWithThoseWhoKnowNothingOfIt) {
  OfferAnswer caller(capable(Encryption::optional), "1");
  EXPECT_EQ(count_keys(caller.offer()), 2u);
  ASSERT_TRUE(caller.apply_answer(described("RTP/AVP", {})));
  EXPECT_FALSE(caller.audio()->crypto);
  EXPECT_EQ(count_keys(caller.offer()), 0u) << "and stays so";
}

TEST(Encryption, AnAnswerToALineThatWasNotOfferedIsNoAgreement) {
  OfferAnswer caller(capable(Encryption::required), "1");
  for (const char* start : {"9 AES_CM_128_HMAC_SHA1_80", "1 AES_CM_128_HMAC_SHA1_80"}) {
    (void)caller.offer();  // 1 is the other suite
    EXPECT_FALSE(
        caller.apply_answer(described("RTP/SAVP", {std::string(start) + " inline:" + key_30}))
    );
  }
}

TEST(Encryption, OurKeyStaysOverAHoldAndChangesWithTheOtherEnds) {
  OfferAnswer called(capable(Encryption::optional), "1");
  const std::string first = "1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30;
  const std::string second = "1 AES_CM_128_HMAC_SHA1_80 inline:" + other_30;
  ASSERT_TRUE(called.answer(described("RTP/SAVP", {first})));
  const auto key = called.audio()->crypto->send_key;
  ASSERT_TRUE(called.answer(described("RTP/SAVP", {first})));
  EXPECT_EQ(called.audio()->crypto->send_key, key);
  const Description hold = called.offer(Direction::sendonly);
  EXPECT_EQ(hold.media.front().profile, "RTP/SAVP");
  EXPECT_EQ(count_keys(hold), 1u);
  EXPECT_EQ(parse_crypto(hold.media.front().find("crypto")->value)->key_and_salt, key);
  called.abandon_offer();
  ASSERT_TRUE(called.answer(described("RTP/SAVP", {second})));
  EXPECT_NE(called.audio()->crypto->send_key, key);
}

}  // namespace
}  // namespace belfry::sdp
