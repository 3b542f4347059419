// A recorder outside (RFC 7866), played by hand.
#include "gateway/sip/exchange_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using belfry::sip::HeaderId;
using testing::HasSubstr;

struct Heard final : call::OutsideRecordingListener {
  void on_recording_started() override { ++started; }
  void on_recording_ended(base::Result<> how) override {
    ++ended;
    if (!how) error = how.error().message;
  }
  int started = 0, ended = 0;
  std::string error;
};

std::string two_lines() {
  return "v=0\r\no=- 7 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\n"
         "m=audio 7000 RTP/AVP 0\r\na=recvonly\r\nm=audio 7002 RTP/AVP 0\r\na=recvonly\r\n";
}

struct SipRecording : WorldTest {
  static Gateway::Settings settings(const Endpoint& own) {
    Gateway::Settings made;
    made.listeners = {own};
    const auto uri = belfry::sip::Uri::parse("sip:srs@carrier.example;transport=udp");
    made.recorders = {
        {"archive", *uri, "us", "archive secret"},
        {"vault", *uri, "", "", belfry::sdp::Encryption::required},
    };
    return made;
  }
  static call::OutsideRecordingOrder order(call::Track track = call::Track::both) {
    call::OutsideRecordingOrder wanted;
    wanted.recorder = "archive";
    wanted.sid = "SR00000000000000000000000000000001";
    wanted.call_sid = "CA00000000000000000000000000000002";
    wanted.account_sid = "AC00000000000000000000000000000003";
    wanted.party = "+15550001111";
    wanted.other = "+15550002222";
    wanted.track = track;
    return wanted;
  }
  static call::OutsideRecordingOrder encrypted_order() {
    auto wanted = order();
    wanted.recorder = "vault";
    return wanted;
  }
  std::unique_ptr<call::OutsideRecording> open(call::Track track = call::Track::both) {
    auto opened = exchange.gateway.recorders().open(order(track), heard);
    EXPECT_TRUE(opened);
    pass(20ms);
    return std::move(*opened);
  }
  void answer(Peer& peer, int status = 200) {
    const auto invite = *peer.request("INVITE");
    peer.respond(here, invite, status, "t", status == 200 ? two_lines() : std::string());
    pass(20ms);
  }

  Exchange exchange{world(*first_store), settings(here)};
  Peer first{network, {"192.0.2.21", 5060}};
  Peer second{network, {"192.0.2.22", 5060}};
  Heard heard;
};

TEST_F(SipRecording, TheRecorderIsCalledWithTwoTracksAndTheCallsMetadata) {
  const auto recording = open();
  const auto* invite = first.request("INVITE");
  ASSERT_NE(invite, nullptr);
  EXPECT_EQ(invite->request_uri_text(), "sip:srs@carrier.example;transport=udp");
  EXPECT_TRUE(invite->has_option(HeaderId::require, "siprec"));
  EXPECT_THAT(std::string(*invite->header(HeaderId::contact)), HasSubstr(">;+sip.src"));
  const std::string body(invite->body());
  EXPECT_THAT(body, HasSubstr("a=label:1\r\n"));
  EXPECT_THAT(body, HasSubstr("a=label:2\r\n"));
  EXPECT_THAT(body, HasSubstr("sid=\"CA00000000000000000000000000000002\""));
  EXPECT_EQ(heard.started, 0);
  answer(first);
  EXPECT_EQ(heard.started, 1);
  EXPECT_EQ(first.count("ACK"), 1U);
}

TEST_F(SipRecording, OneTrackIsOneLine) {
  const auto recording = open(call::Track::outbound);
  const std::string body(first.request("INVITE")->body());
  EXPECT_EQ(body.find("a=label:1"), std::string::npos);
  EXPECT_THAT(body, HasSubstr("a=label:2\r\n"));
  EXPECT_THAT(body, HasSubstr("<label>2</label>"));
}

TEST_F(SipRecording, WhenItIsLetGoTheRecorderGetsBye) {
  auto recording = open();
  answer(first);
  recording.reset();
  pass(20ms);
  ASSERT_NE(first.request("BYE"), nullptr);
  first.respond(here, *first.request("BYE"), 200, "t");
  pass(1min);
  EXPECT_EQ(heard.ended, 0) << "who let it go is told nothing";
  EXPECT_EQ(exchange.gateway.agent().live_sessions(), 0U);
}

TEST_F(SipRecording, BeforeTheAnswerTheRecorderGetsCancel) {
  auto recording = open();
  first.respond(here, *first.request("INVITE"), 100, "");
  pass(20ms);
  recording.reset();
  pass(20ms);
  EXPECT_EQ(first.count("CANCEL"), 1U);
}

TEST_F(SipRecording, AnOverloadedAddressIsPassedOverForTheNext) {
  const auto recording = open();
  answer(first, 503);
  ASSERT_NE(second.request("INVITE"), nullptr);
  answer(second);
  EXPECT_EQ(heard.started, 1);
  EXPECT_EQ(heard.ended, 0);
}

TEST_F(SipRecording, ARefusalIsToldWithItsStatus) {
  const auto recording = open();
  answer(first, 488);
  EXPECT_EQ(heard.ended, 1);
  EXPECT_THAT(heard.error, HasSubstr("488"));
  EXPECT_EQ(second.count("INVITE"), 0U);
}

TEST_F(SipRecording, ASilentRecorderIsGivenUp) {
  const auto recording = open();
  pass(70s);
  EXPECT_EQ(heard.ended, 1);
  EXPECT_GT(second.count("INVITE"), 0U);
  EXPECT_FALSE(heard.error.empty());
}

TEST_F(SipRecording, ARecorderThatRingsForeverIsGivenUp) {
  const auto recording = open();
  first.respond(here, *first.request("INVITE"), 180, "t");
  pass(RecordingSession::patience + 1s);
  EXPECT_NE(first.request("CANCEL"), nullptr);
  EXPECT_EQ(heard.ended, 1);
  EXPECT_THAT(heard.error, HasSubstr("did not answer"));
}

TEST_F(SipRecording, ARecorderThatHangsUpWantsNoMore) {
  const auto recording = open();
  answer(first);
  const auto& invite = *first.request("INVITE");
  std::string bye = "BYE sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKb\r\n";
  bye.append("Max-Forwards: 70\r\nCSeq: 1 BYE\r\nFrom: ");
  bye.append(*invite.header(HeaderId::to)).append(";tag=t\r\nTo: ");
  bye.append(*invite.header(HeaderId::from)).append("\r\nCall-ID: ").append(invite.call_id());
  first.send(here, bye + "\r\nContent-Length: 0\r\n\r\n");
  pass(20ms);
  EXPECT_EQ(heard.ended, 1);
  EXPECT_EQ(heard.error, "");
}

TEST_F(SipRecording, RuleS5TheRecordersOwnChallengeIsAnswered) {
  const auto recording = open();
  const auto invite = *first.request("INVITE");
  first.respond(
      here, invite, 401, "t", {}, "WWW-Authenticate", "Digest realm=\"archive\", nonce=\"n\""
  );
  pass(20ms);
  ASSERT_EQ(first.count("INVITE"), 2U);
  const auto proof = first.request("INVITE")->header(HeaderId::authorization);
  ASSERT_TRUE(proof);
  EXPECT_THAT(std::string(*proof), HasSubstr("username=\"us\""));
}

TEST_F(SipRecording, RatherNoRecordingThanOneWithoutTheEncryptionThatIsRequired) {
  const auto recording = exchange.gateway.recorders().open(encrypted_order(), heard);
  pass(20ms);
  EXPECT_EQ(heard.ended, 1) << "keys are not told over UDP";
  EXPECT_EQ(first.count("INVITE"), 0U);
}

TEST_F(SipRecording, ARecorderThatNobodyConfiguredIsUnknown) {
  EXPECT_TRUE(exchange.gateway.recorders().knows("archive"));
  EXPECT_FALSE(exchange.gateway.recorders().knows("other"));
  auto wanted = order();
  wanted.recorder = "other";
  const auto opened = exchange.gateway.recorders().open(wanted, heard);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
