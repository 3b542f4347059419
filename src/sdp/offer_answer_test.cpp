#include "sdp/offer_answer.hpp"

namespace belfry::sdp {
namespace {

using enum Direction;

Capabilities at(std::string address, std::uint16_t port) {
  Capabilities capabilities;
  capabilities.address = std::move(address);
  capabilities.rtp_port = port;
  return capabilities;
}

struct TwoEnds {
  OfferAnswer alice{at("192.0.2.1", 4000), "11"};
  OfferAnswer bob{at("192.0.2.2", 5000), "22"};

  void alice_offers(Direction wanted = sendrecv) {
    const Description offer = alice.offer(wanted);
    const auto answer = bob.answer(offer);
    ASSERT_TRUE(answer) << answer.error().message;
    const auto applied = alice.apply_answer(*answer);
    ASSERT_TRUE(applied) << applied.error().message;
  }
};

TEST(SdpOfferAnswer, BothEndsAgree) {
  TwoEnds ends;
  ends.alice_offers();
  EXPECT_EQ(ends.alice.audio()->codec, pcmu);
  EXPECT_EQ(ends.bob.audio()->codec, pcmu);
  EXPECT_EQ(ends.alice.audio()->remote_address, "192.0.2.2");
  EXPECT_EQ(ends.bob.audio()->remote_rtp_port, 4000);
  EXPECT_EQ(ends.alice.audio()->send_event_payload_type, 101);
  EXPECT_EQ(ends.bob.audio()->receive_event_payload_type, 101);
}

TEST(SdpOfferAnswer, VersionRisesOnlyWhenSomethingChanged) {
  TwoEnds ends;
  ends.alice_offers();
  EXPECT_EQ(ends.alice.local()->origin.version, 0U);
  const auto first = ends.alice.offer();
  const auto second = ends.alice.offer();
  EXPECT_EQ(first.origin.version, second.origin.version);
  EXPECT_EQ(first.origin.session_id, "11");
  const auto held = ends.alice.offer(sendonly);
  EXPECT_EQ(held.origin.version, second.origin.version + 1);
  const auto resumed = ends.alice.offer(sendrecv);
  EXPECT_EQ(resumed.origin.version, held.origin.version + 1);
}

TEST(SdpOfferAnswer, TheAnswererKeepsItsVersionWhenTheOfferRepeats) {
  TwoEnds ends;
  const Description offer = ends.alice.offer();
  const auto first = ends.bob.answer(offer);
  const auto again = ends.bob.answer(offer);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
}

TEST(SdpOfferAnswer, HoldAndResumeGoBothWays) {
  TwoEnds ends;
  ends.alice_offers();
  ends.alice_offers(sendonly);
  EXPECT_EQ(ends.alice.audio()->direction, sendonly);
  EXPECT_EQ(ends.bob.audio()->direction, recvonly);
  EXPECT_TRUE(ends.bob.audio()->held_by_remote());
  ends.alice_offers(inactive);
  EXPECT_EQ(ends.bob.audio()->direction, inactive);
  ends.alice_offers(sendrecv);
  EXPECT_EQ(ends.bob.audio()->direction, sendrecv);
  EXPECT_FALSE(ends.bob.audio()->held_by_remote());
}

TEST(SdpOfferAnswer, OurHoldOutlastsTheirReOffer) {
  TwoEnds ends;
  ends.alice_offers();
  const Description hold = ends.bob.offer(sendonly);
  ASSERT_TRUE(ends.bob.apply_answer(*ends.alice.answer(hold)));
  ends.alice_offers();
  EXPECT_EQ(ends.bob.audio()->direction, sendonly);
  EXPECT_EQ(ends.alice.audio()->direction, recvonly);
}

TEST(SdpOfferAnswer, AReOfferPutsTheAgreedCodecFirstUnderItsNumber) {
  TwoEnds ends;
  const auto offer = parse(
      "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
      "m=video 6000 RTP/AVP 31\r\n"
      "m=audio 4000 RTP/AVP 118 97\r\na=rtpmap:118 G722/8000\r\na=rtpmap:97 "
      "telephone-event/8000\r\n"
  );
  ASSERT_TRUE(ends.bob.answer(*offer));
  const Description again = ends.bob.offer();
  ASSERT_EQ(again.media.size(), 2U);  // the refused video keeps its place
  EXPECT_EQ(again.media[0].port, 0);
  EXPECT_EQ(again.media[1].formats, (std::vector<std::string>{"118", "0", "8", "97"}));
}

TEST(SdpOfferAnswer, AFailedRoundLeavesTheLastAgreement) {
  TwoEnds ends;
  ends.alice_offers();
  const auto before = ends.alice.audio();
  (void)ends.alice.offer(sendonly);
  ends.alice.abandon_offer();
  EXPECT_EQ(ends.alice.audio(), before);
  EXPECT_FALSE(ends.alice.offer_is_open());
  Description refusing = *ends.bob.local();
  refusing.media[0].port = 0;
  (void)ends.alice.offer();
  EXPECT_FALSE(ends.alice.apply_answer(refusing));
  EXPECT_EQ(ends.alice.audio(), before);
  EXPECT_EQ(ends.alice.apply_answer(*ends.bob.local()).error().code, base::Errc::conflict);
}

TEST(SdpOfferAnswer, ANumberNeverChangesItsMeaning) {
  Capabilities capabilities = at("192.0.2.1", 4000);
  capabilities.codecs = {{opus, 101, "useinbandfec=1"}, {pcmu, 0, {}}};
  OfferAnswer ours(capabilities, "1");
  const Description offer = ours.offer();
  std::vector<std::string> seen = offer.media[0].formats;
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end()) << serialize(offer);
  EXPECT_NE(serialize(offer).find("a=rtpmap:101 opus/48000/2"), std::string::npos);
}

TEST(OfferAnswerEvents, TheUsualNumberIsThatOfTelephonyWhateverCodecComesFirst) {
  Capabilities local;
  local.address = "192.0.2.1";
  local.rtp_port = 20'000;
  local.codecs = {{opus, 96, {}}, {pcmu, 0, {}}};
  OfferAnswer session(local, "1");
  const Description offer = session.offer();
  std::optional<std::uint8_t> at_8000, at_48000;
  for (const PayloadFormat& format : payload_formats(offer.media.front())) {
    if (format.codec.name != telephone_event) continue;
    (format.codec.clock_hz == 8000 ? at_8000 : at_48000) = format.payload_type;
  }
  EXPECT_EQ(at_8000, 101);
  ASSERT_TRUE(at_48000);
  EXPECT_NE(at_48000, at_8000);
}

}  // namespace
}  // namespace belfry::sdp
