#include "sdp/tracks.hpp"

#include <gtest/gtest.h>

#include "sdp/offer_answer.hpp"

namespace belfry::sdp {
namespace {

using enum Direction;

Capabilities two_tracks() {
  Capabilities capabilities;
  capabilities.address = "192.0.2.1";
  capabilities.codecs = {{pcmu, 0, {}}, {pcma, 8, {}}};
  capabilities.telephone_events = false;
  capabilities.tracks = {{4000, "1"}, {4002, "2"}};
  return capabilities;
}

Description answer_of(std::string_view lines) {
  const auto read = parse(
      "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n" +
      std::string(lines)
  );
  EXPECT_TRUE(read) << read.error().message;
  return *read;
}

TEST(SdpTracks, EachIsALineOfItsOwnThatOnlySends) {
  OfferAnswer ours(two_tracks(), "1");
  const Description offer = ours.offer();
  ASSERT_EQ(offer.media.size(), 2U);
  EXPECT_EQ(offer.media[0].port, 4000);
  EXPECT_EQ(offer.media[1].port, 4002);
  EXPECT_EQ(offer.media[1].find("label")->value, "2");
  EXPECT_EQ(direction_of(offer, offer.media[1]), sendonly);
  EXPECT_EQ(offer.media[0].formats, (std::vector<std::string>{"0", "8"}));
}

TEST(SdpTracks, EachGoesWhereItsAnswerSays) {
  OfferAnswer ours(two_tracks(), "1");
  (void)ours.offer();
  ASSERT_TRUE(
      ours.apply_answer(answer_of("m=audio 7000 RTP/AVP 8\r\na=recvonly\r\n"
                                  "m=audio 8000 RTP/AVP 0\r\nc=IN IP4 192.0.2.3\r\na=recvonly\r\n"))
  );
  const auto& tracks = ours.agreement().tracks;
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_EQ(tracks[0].remote_address, "192.0.2.2");
  EXPECT_EQ(tracks[0].remote_rtp_port, 7000);
  EXPECT_EQ(tracks[0].codec, pcma);
  EXPECT_EQ(tracks[1].remote_address, "192.0.2.3");
  EXPECT_EQ(tracks[1].codec, pcmu);
  EXPECT_EQ(tracks[1].direction, sendonly);
  EXPECT_EQ(ours.audio(), tracks[0]);
}

TEST(SdpTracks, OneMayBeRefused) {
  OfferAnswer ours(two_tracks(), "1");
  (void)ours.offer();
  ASSERT_TRUE(ours.apply_answer(
      answer_of("m=audio 0 RTP/AVP 0\r\nm=audio 8000 RTP/AVP 0\r\na=recvonly\r\n")
  ));
  ASSERT_EQ(ours.agreement().tracks.size(), 1U);
  EXPECT_EQ(ours.agreement().tracks[0].media_index, 1U);
  (void)ours.offer();
  EXPECT_FALSE(ours.apply_answer(answer_of("m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n")));
  EXPECT_EQ(ours.agreement().tracks.size(), 1U) << "the last agreement stands";
}

TEST(SdpTracks, EachIsEncryptedWithAKeyOfItsOwn) {
  Capabilities local = two_tracks();
  local.encryption = Encryption::required;
  local.crypto_suites = {{"AES_CM_128_HMAC_SHA1_80", 30}};
  local.crypto_secret.assign(32, std::byte{7});
  OfferAnswer ours(local, "1");
  const Description offer = ours.offer();
  const auto key_of = [](const Description& description, std::size_t line) {
    return parse_crypto(description.media.at(line).find("crypto")->value)->key_and_salt;
  };
  EXPECT_EQ(offer.media[1].profile, "RTP/SAVP");
  EXPECT_NE(key_of(offer, 0), key_of(offer, 1));
  const auto line = [](int port, char key) {
    return "m=audio " + std::to_string(port) +
           " RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + std::string(40, key) +
           "\r\na=recvonly\r\n";
  };
  ASSERT_TRUE(ours.apply_answer(answer_of(line(7000, 'A') + line(8000, 'B'))));
  const auto tracks = ours.agreement().tracks;
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_EQ(tracks[0].crypto->send_key, key_of(offer, 0));
  EXPECT_EQ(tracks[1].crypto->send_key, key_of(offer, 1));

  const auto same = ours.answer(answer_of(line(7000, 'A') + line(8000, 'B')));
  EXPECT_EQ(key_of(*same, 1), key_of(offer, 1));
  const auto renewed = ours.answer(answer_of(line(7000, 'A') + line(8000, 'C')));
  EXPECT_NE(key_of(*renewed, 1), key_of(offer, 1)) << "their new key begins a new context";
}

TEST(SdpTracks, TheOtherEndCanPauseOneOfThem) {
  OfferAnswer ours(two_tracks(), "1");
  (void)ours.offer();
  const std::string lines =
      "m=audio 7000 RTP/AVP 0\r\na=recvonly\r\nm=audio 8000 RTP/AVP 0\r\na=recvonly\r\n";
  ASSERT_TRUE(ours.apply_answer(answer_of(lines)));
  const Agreement before = ours.agreement();
  const auto answer = ours.answer(
      answer_of("m=audio 7000 RTP/AVP 0\r\na=recvonly\r\nm=audio 8000 RTP/AVP 0\r\na=inactive\r\n"
                "m=video 9000 RTP/AVP 31\r\n")
  );
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->media.size(), 3U);
  EXPECT_EQ(answer->media[0].port, 4000);
  EXPECT_EQ(answer->media[1].port, 4002);
  EXPECT_EQ(answer->media[1].find("label")->value, "2");
  EXPECT_EQ(answer->media[2].port, 0);
  EXPECT_EQ(ours.agreement().tracks[0].direction, sendonly);
  EXPECT_EQ(ours.agreement().tracks[1].direction, inactive);
  EXPECT_NE(ours.agreement(), before);
}

}  // namespace
}  // namespace belfry::sdp
