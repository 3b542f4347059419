#include "sip/invite_session.hpp"

#include "sip/session_for_test.hpp"

namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using State = InviteSession::State;

const std::string their_sdp = sdp_of("192.0.2.2", 30000);

class SipOutgoingSession : public testing::Test {
 protected:
  base::SeededRandom random{1};
  Leg leg = calling_leg(random);
};

TEST_F(SipOutgoingSession, RingsAnswersAndHangsUp) {
  ASSERT_EQ(leg.requests.size(), 1U);
  const Message& invite = leg.requests[0].message;
  EXPECT_EQ(leg.requests[0].branch, "z9hG4bK-a");
  EXPECT_EQ(invite.call_id(), "call-1");
  EXPECT_TRUE(invite.has_option(HeaderId::supported, "timer"));
  EXPECT_TRUE(sdp::parse(invite.body()));
  leg.respond(100, "");
  leg.respond(180, "b");
  leg.respond(180, "b");
  EXPECT_EQ(leg.all<Ringing>().size(), 1U);
  leg.respond(200, "b", their_sdp);
  ASSERT_EQ(leg.all<Answered>().size(), 1U);
  EXPECT_EQ(leg.all<Answered>()[0].audio.remote_rtp_port, 30000);
  ASSERT_EQ(leg.acks.size(), 1U);
  EXPECT_EQ(leg.acks[0].message.cseq()->number, 1U);
  EXPECT_EQ(leg.acks[0].message.request_uri_text(), "sip:bob@192.0.2.2:5080");
  EXPECT_NE(leg.acks[0].branch, leg.requests[0].branch);
  leg.session.hang_up("Q.850;cause=16");
  leg.drain();
  EXPECT_EQ(leg.sent(), (std::vector<std::string>{"INVITE", "BYE"}));
  EXPECT_EQ(leg.requests.back().message.header(HeaderId::reason), "Q.850;cause=16");
  EXPECT_EQ(leg.all<Ended>()[0].by, EndedBy::us);
  leg.respond(200, "");
  EXPECT_EQ(leg.session.state(), State::ended);
  leg.wait(32s);
  EXPECT_TRUE(leg.session.finished(leg.clock.now()));
  EXPECT_EQ(leg.all<Ended>().size(), 1U);
}

TEST_F(SipOutgoingSession, ARepeatedAnswerGetsTheStoredAckAgain) {
  leg.respond(200, "b", their_sdp);
  leg.respond(200, "b", their_sdp);
  ASSERT_EQ(leg.acks.size(), 2U);
  EXPECT_EQ(leg.acks[0].message.text(), leg.acks[1].message.text());
  EXPECT_EQ(leg.acks[0].branch, leg.acks[1].branch);
  EXPECT_EQ(leg.all<Answered>().size(), 1U);
}

TEST_F(SipOutgoingSession, EarlyMediaIsToldAndServesForAnAnswerWithoutSdp) {
  leg.respond(183, "b", their_sdp);
  ASSERT_EQ(leg.all<EarlyMedia>().size(), 1U);
  leg.respond(183, "b", their_sdp);
  EXPECT_EQ(leg.all<EarlyMedia>().size(), 1U);
  ASSERT_TRUE(leg.session.snapshot());
  EXPECT_EQ(leg.session.snapshot()->remote_tag, "b");
  leg.respond(200, "b");
  ASSERT_EQ(leg.all<Answered>().size(), 1U);
  EXPECT_EQ(leg.all<Answered>()[0].audio.remote_address, "192.0.2.2");
}

TEST_F(SipOutgoingSession, OfTwoForksTheFirstAnswerWinsAndTheOtherIsEnded) {
  leg.respond(183, "b", their_sdp);
  leg.respond(183, "c", sdp_of("192.0.2.3", 40000));
  EXPECT_EQ(leg.all<EarlyMedia>().size(), 2U);
  const SendRequest invite = leg.requests[0];
  leg.respond_to(invite, 200, "c", sdp_of("192.0.2.3", 40000));
  leg.respond_to(invite, 200, "b", their_sdp);
  EXPECT_EQ(leg.all<Answered>()[0].audio.remote_address, "192.0.2.3");
  ASSERT_EQ(leg.acks.size(), 2U);
  EXPECT_EQ(leg.acks[1].message.to_tag(), "b");
  ASSERT_EQ(leg.sent(), (std::vector<std::string>{"INVITE", "BYE"}));
  EXPECT_EQ(leg.requests[1].message.to_tag(), "b");
  leg.respond_to(invite, 200, "b", their_sdp);
  EXPECT_EQ(leg.acks.size(), 3U);
  EXPECT_EQ(leg.requests.size(), 2U);  // its BYE is not sent twice
  EXPECT_EQ(leg.session.state(), State::established);
  EXPECT_EQ(leg.session.snapshot()->remote_tag, "c");
}

TEST_F(SipOutgoingSession, ForksAreBounded) {
  const SendRequest invite = leg.requests[0];
  for (int i = 0; i < 100; ++i) leg.respond_to(invite, 183, "t" + std::to_string(i), their_sdp);
  EXPECT_EQ(leg.all<EarlyMedia>().size(), 16U);
  for (int i = 0; i < 100; ++i) leg.respond_to(invite, 200, "t" + std::to_string(i), their_sdp);
  EXPECT_EQ(leg.requests.size(), 1U + 16U);
}

TEST_F(SipOutgoingSession, CancelEndsWith487) {
  leg.respond(180, "b");
  leg.session.hang_up("SIP;cause=200");
  leg.drain();
  ASSERT_EQ(leg.cancels.size(), 1U);
  EXPECT_EQ(leg.cancels[0].invite, leg.requests[0].transaction);
  EXPECT_EQ(leg.cancels[0].reason, "SIP;cause=200");
  EXPECT_EQ(leg.all<Ended>()[0].status, 487);
  EXPECT_EQ(leg.session.state(), State::cancelling);
  leg.respond(487, "b");
  EXPECT_EQ(leg.session.state(), State::ended);
  EXPECT_EQ(leg.all<Ended>().size(), 1U);
}

TEST_F(SipOutgoingSession, CancelThatCrossesTheAnswerIsFollowedByAckAndBye) {
  leg.respond(180, "b");
  leg.session.hang_up();
  leg.respond(200, "b", their_sdp);
  EXPECT_EQ(leg.acks.size(), 1U);
  EXPECT_EQ(leg.sent(), (std::vector<std::string>{"INVITE", "BYE"}));
  EXPECT_TRUE(leg.all<Answered>().empty());
  leg.respond(200, "");
  EXPECT_EQ(leg.session.state(), State::ended);
  EXPECT_EQ(leg.all<Ended>().size(), 1U);
}

TEST_F(SipOutgoingSession, FailuresAreToldWithTheirCause) {
  struct Row {
    int status;
    const char* lines;
    int cause;
  };
  for (const Row& row : {
           Row{486, "Reason: Q.850;cause=17;text=\"User busy\"\n", 17},
           Row{302, "", 0},
           Row{404, "", 0},
           Row{503, "Retry-After: 5\n", 0},
           Row{603, "", 0},
           Row{401, "", 0},
           Row{407, "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\"\n", 0},
           Row{491, "", 0},
       }) {
    Leg one = calling_leg(random);
    one.respond(row.status, "b", {}, row.lines, ChallengeFrom::configured_trunk);
    ASSERT_EQ(one.all<Ended>().size(), 1U) << row.status;
    EXPECT_EQ(one.all<Ended>()[0].status, row.status);
    EXPECT_EQ(one.all<Ended>()[0].cause, row.cause);
    EXPECT_EQ(one.all<Ended>()[0].by, EndedBy::remote);
    EXPECT_EQ(one.requests.size(), 1U) << "nothing is tried again, a redirect is not followed";
    EXPECT_TRUE(one.session.finished(one.clock.now()));
  }
}

TEST_F(SipOutgoingSession, SilenceEndsItAndALateAnswerIsStillEnded) {
  leg.session.handle_failure(leg.requests[0].transaction, 408, leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.all<Ended>()[0].by, EndedBy::network);
  EXPECT_EQ(leg.all<Ended>()[0].status, 408);
  EXPECT_FALSE(leg.session.finished(leg.clock.now()));
  leg.respond(200, "b", their_sdp);
  EXPECT_EQ(leg.sent(), (std::vector<std::string>{"INVITE", "BYE"}));
  EXPECT_EQ(leg.acks.size(), 1U);
}

TEST_F(SipOutgoingSession, AnAnswerWithoutUsableSdpIsAcknowledgedAndEnded) {
  for (const std::string& sdp :
       {std::string(), sdp_of("192.0.2.2", 0), std::string("v=0\r\n"), sdp_of("phone.example", 9)
       }) {
    Leg one = calling_leg(random);
    one.respond(200, "b", sdp);
    EXPECT_EQ(one.acks.size(), 1U);
    EXPECT_EQ(one.sent(), (std::vector<std::string>{"INVITE", "BYE"})) << sdp;
    EXPECT_EQ(one.all<Ended>()[0].status, 488);
  }
}

TEST_F(SipOutgoingSession, CredentialsAnswerTheTrunkOnce) {
  const char* challenge = "WWW-Authenticate: Digest realm=\"trunk\", nonce=\"n\", qop=\"auth\"\n";
  InviteSession::Settings settings = settings_at("192.0.2.1", "a");
  settings.credentials = {{.username = "u", .password = "p", .realm = "trunk"}};
  Leg one = calling_leg(random, settings);
  one.respond(401, "b", {}, challenge, ChallengeFrom::configured_trunk);
  ASSERT_EQ(one.requests.size(), 2U);
  EXPECT_EQ(one.requests[1].message.cseq()->number, 2U);
  EXPECT_TRUE(one.requests[1].message.to_tag().empty());
  EXPECT_NE(one.requests[1].branch, one.requests[0].branch);
  EXPECT_EQ(one.requests[1].message.body(), one.requests[0].message.body());
  EXPECT_TRUE(one.requests[1].message.header(HeaderId::authorization));
  one.respond(401, "b", {}, challenge, ChallengeFrom::configured_trunk);
  EXPECT_EQ(one.requests.size(), 2U);
  EXPECT_EQ(one.all<Ended>()[0].status, 401);
}

TEST_F(SipOutgoingSession, RuleS5APhonesChallengeGetsNoCredentials) {
  InviteSession::Settings settings = settings_at("192.0.2.1", "a");
  settings.credentials = {{.username = "u", .password = "p", .realm = "trunk"}};
  Leg one = calling_leg(random, settings);
  one.respond(
      407, "b", {}, "Proxy-Authenticate: Digest realm=\"trunk\", nonce=\"n\"\n",
      ChallengeFrom::somebody_else
  );
  EXPECT_EQ(one.requests.size(), 1U);
  EXPECT_EQ(one.all<Ended>()[0].status, 407);
}

TEST_F(SipOutgoingSession, ALongerSessionIntervalIsTriedAfter422) {
  leg.respond(422, "b", {}, "Min-SE: 3600\n");
  ASSERT_EQ(leg.requests.size(), 2U);
  EXPECT_EQ(leg.requests[1].message.header(HeaderId::session_expires), "3600");
  leg.respond(422, "b", {}, "Min-SE: 3600\n");
  EXPECT_EQ(leg.all<Ended>()[0].status, 422);
}

TEST_F(SipOutgoingSession, AByeFromAnEarlyForkEndsTheCall) {
  // The other end answered, but none of its 200s came through: it hangs up.
  leg.respond(180, "b");
  leg.receive("BYE", "b");
  EXPECT_EQ(leg.last_status(), 200);
  EXPECT_EQ(leg.all<Ended>().size(), 1U);
}

class SipIncomingSession : public testing::Test {
 protected:
  base::SeededRandom random{1};
  Leg leg = called_leg(random, their_sdp);
};

TEST_F(SipIncomingSession, RingsAnswersAndIsHungUp) {
  EXPECT_EQ(leg.session.state(), State::incoming);
  leg.session.ring(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.last_status(), 180);
  EXPECT_EQ(leg.responses.back().message.to_tag(), "a");
  leg.session.answer(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.last_status(), 200);
  EXPECT_EQ(leg.responses.back().transaction, 7U);
  EXPECT_EQ(leg.all<Answered>().size(), 1U);
  leg.receive_numbered("ACK", 100, "b");
  EXPECT_EQ(leg.session.state(), State::established);
  leg.receive("BYE", "b", {}, "Reason: Q.850;cause=16;text=\"bye\"\n");
  EXPECT_EQ(leg.last_status(), 200);
  EXPECT_EQ(leg.all<Ended>()[0].by, EndedBy::remote);
  EXPECT_EQ(leg.all<Ended>()[0].cause, 16);
  EXPECT_EQ(leg.all<Ended>()[0].status, 200);
  EXPECT_TRUE(leg.session.finished(leg.clock.now()));
}

TEST_F(SipIncomingSession, TheAnswerIsRepeatedUntilTheAckAndGivenUpAfter32Seconds) {
  leg.session.answer(leg.clock.now());
  leg.drain();
  leg.wait(500ms);
  EXPECT_EQ(leg.responses.size(), 2U);
  leg.wait(3s);
  EXPECT_EQ(leg.responses.size(), 4U);
  leg.wait(28500ms);
  EXPECT_EQ(leg.sent(), (std::vector<std::string>{"BYE"}));  // rule S9
  EXPECT_EQ(leg.all<Ended>()[0].by, EndedBy::network);
  EXPECT_EQ(leg.all<Ended>()[0].status, 408);
  const std::size_t sent = leg.responses.size();
  leg.wait(60s);
  EXPECT_EQ(leg.responses.size(), sent);
}

TEST_F(SipIncomingSession, RuleS8AnAckWithOtherTagsOrNumberStopsNothing) {
  leg.session.answer(leg.clock.now());
  leg.receive_numbered("ACK", 100, "x");
  leg.receive_numbered("ACK", 99, "b");
  EXPECT_EQ(leg.session.state(), State::accepted);
  leg.receive_numbered("ACK", 100, "b");
  EXPECT_EQ(leg.session.state(), State::established);
}

TEST_F(SipIncomingSession, HangingUpBeforeTheAckWaitsForIt) {
  leg.session.answer(leg.clock.now());
  leg.session.hang_up();
  leg.drain();
  EXPECT_TRUE(leg.requests.empty());
  EXPECT_EQ(leg.all<Ended>().size(), 1U);
  leg.receive_numbered("ACK", 100, "b");
  EXPECT_EQ(leg.sent(), (std::vector<std::string>{"BYE"}));
}

TEST_F(SipIncomingSession, CancelBeforeTheAnswerEndsItAndLaterChangesNothing) {
  const Message cancel = message(
      "CANCEL sip:us@192.0.2.1 SIP/2.0\nFrom: <sip:bob@192.0.2.2>;tag=b\nTo: <sip:us@192.0.2.1>\n"
      "Call-ID: call-2\nCSeq: 100 CANCEL\nReason: SIP;cause=200;text=\"elsewhere\"\n"
  );
  leg.session.handle_cancel(cancel);
  leg.drain();
  EXPECT_EQ(leg.last_status(), 487);
  EXPECT_EQ(leg.all<Ended>()[0].by, EndedBy::remote);
  EXPECT_EQ(leg.all<Ended>()[0].reason, "elsewhere");
  leg.session.answer(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.last_status(), 487);

  Leg answered = called_leg(random, their_sdp);
  answered.session.answer(answered.clock.now());
  answered.session.handle_cancel(cancel);
  answered.drain();
  EXPECT_EQ(answered.session.state(), State::accepted);
}

TEST_F(SipIncomingSession, EarlyMediaAndAnswerCarryTheSameDescription) {
  leg.session.early_media(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.last_status(), 183);
  const std::string early(leg.responses.back().message.body());
  leg.session.answer(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.responses.back().message.body(), early);
}

TEST_F(SipIncomingSession, ProvisionalsAreRepeatedEachMinute) {
  leg.session.ring(leg.clock.now());
  leg.wait(185s);
  EXPECT_EQ(leg.responses.size(), 4U);
  leg.session.reject(486, "Q.850;cause=17");
  leg.drain();
  EXPECT_EQ(leg.last_status(), 486);
  EXPECT_EQ(leg.responses.back().message.header(HeaderId::reason), "Q.850;cause=17");
  leg.wait(300s);
  EXPECT_EQ(leg.responses.size(), 5U);
}

TEST_F(SipIncomingSession, AnInviteWithoutSdpIsAnsweredWithOurOffer) {
  Leg late = called_leg(random, "");
  late.session.answer(late.clock.now());
  late.drain();
  EXPECT_TRUE(late.all<Answered>().empty());
  EXPECT_TRUE(sdp::parse(late.responses.back().message.body()));
  late.receive_numbered("ACK", 100, "b", their_sdp);
  ASSERT_EQ(late.all<Answered>().size(), 1U);
  EXPECT_EQ(late.all<Answered>()[0].audio.remote_rtp_port, 30000);

  Leg never = called_leg(random, "");
  never.session.answer(never.clock.now());
  never.receive_numbered("ACK", 100, "b");
  EXPECT_EQ(never.sent(), (std::vector<std::string>{"BYE"}));
  EXPECT_EQ(never.all<Ended>()[0].status, 488);
}

TEST_F(SipIncomingSession, WhatWeCannotTakeIsRefusedAtOnce) {
  struct Row {
    std::string sdp;
    const char* lines;
    int status;
    HeaderId header;
  };
  for (const Row& row : {
           Row{their_sdp, "Require: precondition, timer\n", 420, HeaderId::unsupported},
           Row{their_sdp, "Content-Type: text/plain\n", 415, HeaderId::accept},
           Row{"v=9\r\n", "", 488, HeaderId::other},
           Row{sdp_of("192.0.2.2", 0), "", 488, HeaderId::other},
           Row{their_sdp, "Supported: timer\nSession-Expires: 30\n", 422, HeaderId::min_se},
       }) {
    Leg one = called_leg(random, row.sdp, row.lines);
    EXPECT_EQ(one.last_status(), row.status);
    EXPECT_EQ(one.all<Ended>().at(0).status, row.status);
    EXPECT_EQ(one.session.state(), State::ended);
    if (row.header != HeaderId::other) {
      EXPECT_TRUE(one.responses.back().message.header(row.header)) << row.status;
    }
  }
}

}  // namespace
}  // namespace belfry::sip
