#include "sdp/negotiation.hpp"

namespace belfry::sdp {
namespace {

using enum Direction;

Capabilities ours() {
  Capabilities capabilities;
  capabilities.address = "198.51.100.7";
  capabilities.rtp_port = 20000;
  capabilities.codecs.insert(capabilities.codecs.begin(), {opus, 111, {}});
  return capabilities;
}

Description description(std::string_view lines) {
  const auto read = parse(
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" +
      std::string(lines)
  );
  EXPECT_TRUE(read) << lines;
  return read.value_or(Description{});
}

struct OfferRow {
  const char* what;
  const char* lines;
  const char* codec;  // "" : refused with 488
  int payload_type;
  int event_type;  // -1: none
};

class SdpOffers : public testing::TestWithParam<OfferRow> {};

TEST_P(SdpOffers, IsAnsweredAsTheTableSays) {
  const OfferRow& row = GetParam();
  const Description offer = description(row.lines);
  const auto answer = negotiate(ours(), offer);
  if (*row.codec == '\0') {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().detail, 488);
    return;
  }
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->audio.codec.name, row.codec);
  EXPECT_EQ(answer->audio.send_payload_type, row.payload_type);
  EXPECT_EQ(answer->audio.receive_payload_type, row.payload_type);
  EXPECT_EQ(answer->audio.send_event_payload_type.value_or(255), row.event_type & 255);
  ASSERT_EQ(answer->description.media.size(), offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    EXPECT_EQ(answer->description.media[i].kind, offer.media[i].kind);
    EXPECT_EQ(answer->description.media[i].profile, offer.media[i].profile);
    EXPECT_EQ(answer->description.media[i].port, i == answer->audio.media_index ? 20000 : 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, SdpOffers,
    testing::Values(
        OfferRow{"plain", "m=audio 4000 RTP/AVP 0\r\n", "PCMU", 0, -1},
        OfferRow{"our order counts", "m=audio 4000 RTP/AVP 9 8 0\r\n", "PCMU", 0, -1},
        OfferRow{"pcma", "m=audio 4000 RTP/AVP 18 8\r\n", "PCMA", 8, -1},
        OfferRow{"g722", "m=audio 4000 RTP/AVP 9\r\na=rtpmap:9 G722/8000\r\n", "G722", 9, -1},
        OfferRow{
            "dynamic number, name in lower case",
            "m=audio 4000 RTP/AVP 118\r\na=rtpmap:118 pcmu/8000/1\r\n", "pcmu", 118, -1
        },
        OfferRow{
            "static number with another meaning",
            "m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 L16/8000\r\n", "PCMA", 8, -1
        },
        OfferRow{
            "events under any number",
            "m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n",
            "PCMU", 0, 97
        },
        OfferRow{
            "Opus first, with events of its clock",
            "m=audio 4000 RTP/AVP 0 96 97 98\r\na=rtpmap:96 opus/48000/2\r\n"
            "a=fmtp:96 sprop-stereo=1\r\na=rtpmap:97 telephone-event/8000\r\n"
            "a=rtpmap:98 telephone-event/48000\r\n",
            "opus", 96, 98
        },
        OfferRow{
            "Opus with the events that all phones have",
            "m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\n"
            "a=rtpmap:97 telephone-event/8000\r\n",
            "opus", 96, 97
        },
        OfferRow{
            "events with another clock do not fit",
            "m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 telephone-event/48000\r\n", "PCMU", 0, -1
        },
        OfferRow{
            "video is refused", "m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\n", "PCMU", 0,
            -1
        },
        OfferRow{
            "the secure line is passed over for the plain one",
            "m=audio 4002 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
            "m=audio 4000 RTP/AVP 8\r\n",
            "PCMA", 8, -1
        },
        OfferRow{
            "only the first of two audio lines",
            "m=audio 4000 RTP/AVP 8\r\nm=audio 4002 RTP/AVP 0\r\n", "PCMA", 8, -1
        },
        OfferRow{"RTP/SAVP alone", "m=audio 4000 RTP/SAVP 0\r\n", "", 0, 0},
        OfferRow{"WebRTC", "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "", 0, 0},
        OfferRow{"no common codec", "m=audio 4000 RTP/AVP 18\r\n", "", 0, 0},
        OfferRow{"no audio", "m=video 4000 RTP/AVP 31\r\n", "", 0, 0},
        OfferRow{"nothing", "", "", 0, 0},
        OfferRow{"audio switched off", "m=audio 0 RTP/AVP 0\r\n", "", 0, 0},
        OfferRow{
            "a name instead of an address", "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 example.com\r\n",
            "", 0, 0
        },
        OfferRow{"multicast", "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n", "", 0, 0}
    )
);

struct DirectionRow {
  const char* offered;
  Direction wanted;
  Direction result;
  bool held;
};

TEST(SdpAnswer, DirectionIsWhatBothAllow) {
  for (const DirectionRow& row : {
           DirectionRow{"a=sendrecv\r\n", sendrecv, sendrecv, false},
           DirectionRow{"", sendrecv, sendrecv, false},
           DirectionRow{"a=sendonly\r\n", sendrecv, recvonly, true},
           DirectionRow{"a=recvonly\r\n", sendrecv, sendonly, false},
           DirectionRow{"a=inactive\r\n", sendrecv, inactive, true},
           DirectionRow{"a=sendrecv\r\n", sendonly, sendonly, false},
           DirectionRow{"a=sendonly\r\n", sendonly, inactive, true},
           DirectionRow{"a=sendrecv\r\n", inactive, inactive, false},
           DirectionRow{"c=IN IP4 0.0.0.0\r\n", sendrecv, recvonly, true},
           DirectionRow{"c=IN IP4 0.0.0.0\r\na=inactive\r\n", sendrecv, inactive, true},
       }) {
    const auto answer = negotiate(
        ours(), description("m=audio 4000 RTP/AVP 0\r\n" + std::string(row.offered)), row.wanted
    );
    ASSERT_TRUE(answer) << row.offered;
    EXPECT_EQ(answer->audio.direction, row.result) << row.offered;
    EXPECT_EQ(answer->audio.held_by_remote(), row.held) << row.offered;
    EXPECT_EQ(direction_of(answer->description, answer->description.media[0]), row.result)
        << row.offered;
  }
}

TEST(SdpAnswer, ASessionLevelDirectionCountsUnlessTheMediaHasItsOwn) {
  const auto held = negotiate(ours(), description("a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n"));
  EXPECT_EQ(held->audio.direction, recvonly);
  const auto own =
      negotiate(ours(), description("a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"));
  EXPECT_EQ(own->audio.direction, sendrecv);
}

TEST(SdpAnswer, RtcpGoesWhereTheOfferSays) {
  const auto of = [](const char* lines, bool mux) {
    Capabilities capabilities = ours();
    capabilities.rtcp_mux = mux;
    return negotiate(capabilities, description("m=audio 4000 RTP/AVP 0\r\n" + std::string(lines)))
        ->audio;
  };
  EXPECT_EQ(of("", false).remote_rtcp_port, 4001);
  EXPECT_EQ(of("a=rtcp:5005\r\n", false).remote_rtcp_port, 5005);
  EXPECT_EQ(of("a=rtcp:5005\r\n", false).remote_rtcp_address, "192.0.2.1");
  EXPECT_EQ(of("a=rtcp:5005 IN IP4 192.0.2.9\r\n", false).remote_rtcp_address, "192.0.2.9");
  EXPECT_EQ(of("a=rtcp:99999 IN IP4 x\r\n", false).remote_rtcp_port, 4001);
  EXPECT_EQ(of("a=rtcp-mux\r\n", false).remote_rtcp_port, 4001);
  EXPECT_EQ(of("a=rtcp-mux\r\n", true).remote_rtcp_port, 4000);
  EXPECT_TRUE(of("a=rtcp-mux\r\n", true).rtcp_mux);
  EXPECT_EQ(
      negotiate(ours(), description("m=audio 65535 RTP/AVP 0\r\n"))->audio.remote_rtcp_port, 0
  );
}

TEST(SdpAnswer, PacketTimeStaysWithinReason) {
  const auto of = [](const char* lines) {
    return negotiate(ours(), description("m=audio 4000 RTP/AVP 0\r\n" + std::string(lines)))
        ->audio.packet_time.count();
  };
  EXPECT_EQ(of(""), 20);
  EXPECT_EQ(of("a=ptime:30\r\n"), 30);
  EXPECT_EQ(of("a=ptime:35\r\n"), 30);
  EXPECT_EQ(of("a=ptime:40\r\na=maxptime:20\r\n"), 20);
  EXPECT_EQ(of("a=ptime:0\r\n"), 20);
  EXPECT_EQ(of("a=ptime:99999999999999999999\r\n"), 20);
  EXPECT_EQ(of("a=ptime:500\r\n"), 20);
}

Description our_offer() {
  const std::vector<PayloadFormat> formats = {
      {0, pcmu, {}}, {8, pcma, {}}, {101, {std::string(telephone_event), 8000, 1}, "0-16"}
  };
  return make_offer(ours(), formats, sendrecv);
}

TEST(SdpApplyAnswer, EachEndUsesTheNumbersThatTheOtherWrote) {
  const auto agreed = apply_answer(
      our_offer(), description("m=audio 4000 RTP/AVP 111 96\r\na=rtpmap:111 PCMA/8000\r\n"
                               "a=rtpmap:96 telephone-event/8000\r\n")
  );
  ASSERT_TRUE(agreed) << agreed.error().message;
  EXPECT_EQ(agreed->codec.name, "PCMA");
  EXPECT_EQ(agreed->send_payload_type, 111);
  EXPECT_EQ(agreed->receive_payload_type, 8);
  EXPECT_EQ(agreed->send_event_payload_type, 96);
  EXPECT_EQ(agreed->receive_event_payload_type, 101);
  EXPECT_EQ(agreed->remote_rtp_port, 4000);
}

TEST(SdpApplyAnswer, AllCodecsOfTheAnswerMayArriveButTheFirstIsSent) {
  const auto agreed = apply_answer(our_offer(), description("m=audio 4000 RTP/AVP 8 0\r\n"));
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->codec, pcma);
  EXPECT_EQ(agreed->receivable.size(), 2U);
  EXPECT_FALSE(agreed->send_event_payload_type);
}

TEST(SdpApplyAnswer, AnswersThatDoNotFitAreRefused) {
  for (const char* lines :
       {"", "m=audio 0 RTP/AVP 0\r\n", "m=video 4000 RTP/AVP 31\r\n", "m=audio 4000 RTP/SAVP 0\r\n",
        "m=audio 4000 RTP/AVP 9\r\n",
        "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 phone.example\r\n"}) {
    const auto agreed = apply_answer(our_offer(), description(lines));
    ASSERT_FALSE(agreed) << lines;
    EXPECT_EQ(agreed.error().detail, 488);
  }
}

TEST(SdpApplyAnswer, AnAnswerCanPutUsOnHold) {
  const auto agreed =
      apply_answer(our_offer(), description("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"));
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->direction, recvonly);
  EXPECT_TRUE(agreed->held_by_remote());
}

}  // namespace
}  // namespace belfry::sdp
