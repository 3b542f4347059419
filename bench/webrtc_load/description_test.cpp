#include "webrtc_load/description.hpp"

#include <gtest/gtest.h>

#include "sdp/webrtc.hpp"

namespace belfry::bench {
namespace {

struct WebRtcLoadDescription : testing::Test {
  OwnMedia own{{"ours", "0123456789abcdef0123"}, "sha-256 " + fingerprint('A'), media::Codec::opus};

  static std::string fingerprint(char digit) {
    std::string text;
    for (int i = 0; i < 32; ++i) text += std::string(i == 0 ? "" : ":") + digit + digit;
    return text;
  }
  /// As a server describes itself.
  static sdp::OwnWebRtcAudio server() {
    sdp::OwnWebRtcAudio audio;
    audio.session_id = "7";
    audio.ice_ufrag = "theirs";
    audio.ice_password = "abcdef0123456789abcd";
    audio.fingerprint = "sha-256 " + fingerprint('B');
    audio.candidates = {{"127.0.0.1", 40'000}};
    audio.formats = {{96, sdp::opus, {}}, {0, sdp::pcmu, {}}};
    audio.stream = "server";
    return audio;
  }
  static void expect_server(const LegTerms& terms) {
    EXPECT_EQ(terms.transport.remote.ufrag, "theirs");
    EXPECT_EQ(terms.transport.server.port, 40'000);
    EXPECT_EQ(terms.transport.server.ip[0], std::byte{127});
    EXPECT_EQ(terms.transport.remote_fingerprint.to_string(), "sha-256 " + fingerprint('B'));
  }
};

TEST_F(WebRtcLoadDescription, LearnsFromAnAnswerWhereToConnectTo) {
  const auto offer = sdp::parse(make_offer(own)).value();
  const auto offered = sdp::read_webrtc_audio(offer).value();
  EXPECT_EQ(offered.ice_ufrag, "ours");
  sdp::OwnWebRtcAudio answering = server();
  answering.formats = {{111, sdp::opus, {}}};
  const auto answer = serialize(sdp::make_webrtc_answer(answering, offer, offered));
  const auto terms = read_answer(own, answer);
  ASSERT_TRUE(terms) << terms.error().message;
  expect_server(*terms);
  EXPECT_EQ(terms->payload_type, 111);
}

TEST_F(WebRtcLoadDescription, AnswersWithTheNumbersOfTheOffer) {
  const auto accepted = accept_offer(own, serialize(sdp::make_webrtc_offer([] {
                                       sdp::OwnWebRtcAudio offering = server();
                                       offering.setup = sdp::DtlsSetup::actpass;
                                       return offering;
                                     }())));
  ASSERT_TRUE(accepted) << accepted.error().message;
  expect_server(accepted->terms);
  EXPECT_EQ(accepted->terms.payload_type, 96);
  const auto answer = sdp::parse(accepted->answer).value();
  EXPECT_EQ(answer.media.at(0).formats, std::vector<std::string>{"96"});
  EXPECT_EQ(answer.media.at(0).find("setup")->value, "active");
}

TEST_F(WebRtcLoadDescription, RefusesWhatHasNoCodecOfOurs) {
  sdp::OwnWebRtcAudio offering = server();
  offering.formats = {{8, sdp::pcma, {}}};
  const auto offer = serialize(sdp::make_webrtc_offer(offering));
  EXPECT_FALSE(accept_offer(own, offer));
  EXPECT_FALSE(read_answer(own, "v=0\r\n"));
}

}  // namespace
}  // namespace belfry::bench
