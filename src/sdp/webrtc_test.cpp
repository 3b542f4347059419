#include "sdp/webrtc.hpp"

#include <gtest/gtest.h>

namespace belfry::sdp {
namespace {

/// What Chromium offers, with less of what does not matter here.
const std::string browser_offer =
    "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 0 111 63 9 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
    "a=ice-options:trickle\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\na=mid:0\r\n"
    "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=16000\r\na=rtpmap:63 red/48000/2\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n";

std::string without(std::string text, const std::string& line) {
  const std::size_t at = text.find(line);
  return text.erase(at, text.find('\n', at) + 1 - at);
}

OwnWebRtcAudio our_side() {
  OwnWebRtcAudio own;
  own.session_id = "77";
  own.candidates = {
      {"192.0.2.1", 40000},
      {"2001:db8::1", 40000},
      {"192.0.2.1", 443, WebRtcCandidate::Transport::tcp}
  };
  own.ice_ufrag = "ourufrag";
  own.ice_password = "ourpasswordourpassword12";
  own.fingerprint = "sha-256 CC:DD";
  own.formats = {{0, pcmu, {}}, {126, {"telephone-event", 8000, 1}, "0-16"}};
  own.stream = "s";
  return own;
}

TEST(WebRtcDescription, reads_what_a_browser_offers) {
  const auto audio = read_webrtc_audio(parse(browser_offer).value());
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->mid, "0");
  EXPECT_EQ(audio->ice_ufrag, "abcd");
  EXPECT_EQ(audio->fingerprint, "sha-256 AA:BB");
  EXPECT_EQ(audio->setup, DtlsSetup::actpass);
  EXPECT_EQ(audio->direction, Direction::sendrecv);
  EXPECT_EQ(audio->first_of({opus, pcmu})->payload_type, 0) << "the browser's order decides";
  EXPECT_EQ(audio->first_of({opus})->payload_type, 111);
  EXPECT_EQ(audio->events_for(opus)->payload_type, 110);
  EXPECT_EQ(audio->events_for(pcmu)->payload_type, 126);
  EXPECT_EQ(max_average_bitrate(*audio->first_of({opus})), 16000U);
}

TEST(WebRtcDescription, refuses_what_lacks_the_means_to_encrypt_or_connect) {
  for (const char* line : {"a=ice-ufrag", "a=fingerprint", "a=rtcp-mux", "a=setup", "m=audio"}) {
    const auto description = parse(without(browser_offer, line));
    if (description) EXPECT_FALSE(read_webrtc_audio(*description)) << line;
  }
  std::string weak = browser_offer;
  weak.replace(weak.find("sha-256"), 7, "sha-1");
  EXPECT_FALSE(read_webrtc_audio(parse(weak).value()));
  std::string plain = browser_offer;
  plain.replace(plain.find("UDP/TLS/RTP/SAVPF"), 17, "RTP/AVP");
  EXPECT_FALSE(read_webrtc_audio(parse(plain).value()));
}

TEST(WebRtcDescription, takes_credentials_from_the_session_when_the_media_has_none) {
  std::string text = browser_offer;
  const std::string line = "a=ice-ufrag:abcd\r\n";
  text.erase(text.find(line), line.size());
  text.insert(text.find("m=audio"), line);
  EXPECT_EQ(read_webrtc_audio(parse(text).value()).value().ice_ufrag, "abcd");
}

TEST(WebRtcDescription, answers_with_candidates_and_refuses_the_other_media) {
  const Description offer = parse(
                                browser_offer +
                                "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n"
                                "a=rtpmap:96 VP8/90000\r\n"
  )
                                .value();
  const std::string text =
      serialize(make_webrtc_answer(our_side(), offer, read_webrtc_audio(offer).value()));
  for (const char* expected :
       {"a=ice-lite\r\n", "a=group:BUNDLE 0\r\n", "m=audio 40000 UDP/TLS/RTP/SAVPF 0 126\r\n",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host\r\n",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host\r\n",
        "a=candidate:3 1 tcp 1526726143 192.0.2.1 443 typ host tcptype passive\r\n",
        "a=setup:passive\r\n", "a=mid:0\r\n", "a=sendrecv\r\n", "a=rtcp-mux\r\n",
        "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "is not in\n" << text;
  }
}

TEST(WebRtcDescription, what_we_offer_can_be_read_back) {
  OwnWebRtcAudio own = our_side();
  own.setup = DtlsSetup::actpass;
  const auto read = read_webrtc_audio(parse(serialize(make_webrtc_offer(own))).value()).value();
  EXPECT_EQ(read.ice_ufrag, own.ice_ufrag);
  EXPECT_EQ(read.setup, DtlsSetup::actpass);
  EXPECT_EQ(read.first_of({opus, pcmu})->payload_type, 0);
}

TEST(WebRtcDescription, a_browser_that_only_listens_gets_an_answer_that_only_sends) {
  std::string text = browser_offer;
  text.replace(text.find("a=sendrecv"), 10, "a=recvonly");
  const Description offer = parse(text).value();
  const std::string answer =
      serialize(make_webrtc_answer(our_side(), offer, read_webrtc_audio(offer).value()));
  EXPECT_NE(answer.find("a=sendonly\r\n"), std::string::npos);
}

const std::string feedback_lines =
    "a=rtcp-rsize\r\na=rtcp-fb:111 transport-cc\r\na=rtcp-fb:111 nack\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";

TEST(WebRtcDescription, reads_the_feedback_that_a_codec_is_offered_with) {
  const auto audio = read_webrtc_audio(parse(browser_offer + feedback_lines).value()).value();
  EXPECT_EQ(audio.feedback_for(*audio.first_of({opus})), (RtcpFeedback{3, true}));
  EXPECT_EQ(audio.feedback_for(*audio.first_of({pcmu})), RtcpFeedback{}) << "only for Opus";
}

TEST(WebRtcDescription, feedback_for_all_is_for_each) {
  const auto audio =
      read_webrtc_audio(parse(browser_offer + "a=rtcp-rsize\r\na=rtcp-fb:* nack\r\n").value())
          .value();
  EXPECT_TRUE(audio.feedback_for(*audio.first_of({pcmu})).nack);
  EXPECT_FALSE(audio.feedback_for(*audio.first_of({pcmu})).transport_numbers);
}

TEST(WebRtcDescription, feedback_that_could_not_be_sent_alone_is_not_agreed) {
  const auto audio =
      read_webrtc_audio(parse(browser_offer + without(feedback_lines, "a=rtcp-rsize")).value())
          .value();
  EXPECT_EQ(audio.feedback_for(*audio.first_of({opus})), RtcpFeedback{});
}

TEST(WebRtcDescription, an_extension_that_needs_the_long_form_is_not_agreed) {
  for (const char* id : {"0", "15", "255", "3/recvonly", "x"}) {
    std::string text = browser_offer + feedback_lines;
    text.replace(text.find("extmap:3"), 8, std::string("extmap:") + id);
    const auto audio = read_webrtc_audio(parse(text).value()).value();
    EXPECT_FALSE(audio.feedback_for(*audio.first_of({opus})).transport_numbers) << id;
  }
}

TEST(WebRtcDescription, the_feedback_that_we_agree_to_can_be_read_back) {
  OwnWebRtcAudio own = our_side();
  own.feedback = {5, true};
  const Description offer = parse(browser_offer).value();
  const std::string text =
      serialize(make_webrtc_answer(own, offer, read_webrtc_audio(offer).value()));
  for (const char* expected :
       {"a=rtcp-rsize\r\n", "a=rtcp-fb:0 transport-cc\r\n", "a=rtcp-fb:0 nack\r\n",
        "a=extmap:5 http://www.ietf.org/id/draft-"})
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "is not in\n" << text;
  own.setup = DtlsSetup::actpass;
  const auto read = read_webrtc_audio(parse(serialize(make_webrtc_offer(own))).value()).value();
  EXPECT_EQ(read.feedback_for(own.formats.front()), own.feedback);
  own.feedback = {};
  EXPECT_EQ(serialize(make_webrtc_offer(own)).find("rtcp-rsize"), std::string::npos);
}

}  // namespace
}  // namespace belfry::sdp
