#include "sip/session_for_test.hpp"

namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using State = InviteSession::State;
using enum sdp::Direction;

std::string their_sdp(std::string_view more = {}) {
  return sdp_of("192.0.2.2", 30000, more);
}

class SipSession : public testing::Test {
 protected:
  base::SeededRandom random{1};
  Leg leg = answered_leg(random);
};

TEST_F(SipSession, TheOtherEndCanHoldAndResume) {
  leg.receive("INVITE", "b", their_sdp("a=sendonly\r\n"));
  EXPECT_EQ(leg.last_status(), 200);
  ASSERT_EQ(leg.all<MediaChanged>().size(), 1U);
  EXPECT_TRUE(leg.all<MediaChanged>()[0].audio.held_by_remote());
  leg.receive_numbered("ACK", leg.peer_cseq, "b");
  leg.receive("UPDATE", "b", their_sdp());
  EXPECT_EQ(leg.last_status(), 200);
  EXPECT_FALSE(leg.all<MediaChanged>().back().audio.held_by_remote());
  leg.receive("UPDATE", "b", their_sdp());
  EXPECT_EQ(leg.all<MediaChanged>().size(), 2U) << "nothing changed the second time";
}

TEST_F(SipSession, WeCanHoldAndResume) {
  leg.session.set_direction(sendonly, leg.clock.now());
  leg.drain();
  ASSERT_EQ(leg.sent().back(), "INVITE");
  EXPECT_NE(leg.requests.back().message.body().find("a=sendonly"), std::string_view::npos);
  leg.respond(200, "", their_sdp("a=recvonly\r\n"));
  EXPECT_EQ(leg.acks.size(), 2U);
  EXPECT_EQ(leg.all<MediaChanged>().back().audio.direction, sendonly);
  leg.respond(200, "", their_sdp("a=recvonly\r\n"));
  EXPECT_EQ(leg.acks.size(), 3U) << "a repeated answer gets the stored ACK";
  leg.session.set_direction(sendrecv, leg.clock.now());
  leg.drain();
  leg.respond(200, "", their_sdp());
  EXPECT_EQ(leg.all<MediaChanged>().back().audio.direction, sendrecv);
}

TEST_F(SipSession, AReInviteWithoutSdpGetsTheLastAgreementAsOffer) {
  leg.receive("INVITE", "b");
  EXPECT_EQ(leg.last_status(), 200);
  const auto offer = sdp::parse(leg.responses.back().message.body());
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->media[0].formats[0], "0");
  leg.receive_numbered("ACK", leg.peer_cseq, "b", sdp_of("192.0.2.2", 31000));
  EXPECT_EQ(leg.all<MediaChanged>().back().audio.remote_rtp_port, 31000);
}

TEST_F(SipSession, GlareIsAnswered491AndTriedAgainLater) {
  leg.session.set_direction(sendonly, leg.clock.now());
  leg.drain();
  leg.receive("INVITE", "b", their_sdp());
  EXPECT_EQ(leg.last_status(), 491);
  leg.receive("UPDATE", "b", their_sdp());
  EXPECT_EQ(leg.last_status(), 491);
  leg.respond(491, "");
  const std::size_t before = leg.requests.size();
  leg.wait(2090ms);  // the Call-ID is ours: 2.1 to 4 s
  EXPECT_EQ(leg.requests.size(), before);
  leg.wait(1910ms);
  ASSERT_EQ(leg.requests.size(), before + 1);
  leg.respond(200, "", their_sdp("a=recvonly\r\n"));
  EXPECT_EQ(leg.session.audio()->direction, sendonly);
}

TEST_F(SipSession, AReInviteBeforeTheAckIsAskedToComeLater) {
  leg.receive("INVITE", "b", their_sdp());
  leg.receive("INVITE", "b", their_sdp());
  EXPECT_EQ(leg.last_status(), 500);
  EXPECT_LE(leg.responses.back().message.number(HeaderId::retry_after).value_or(99), 10U);
}

TEST_F(SipSession, AnUnacknowledgedReInviteEndsTheCall) {
  leg.receive("INVITE", "b", their_sdp());
  leg.wait(32s);
  EXPECT_EQ(leg.sent().back(), "BYE");
  EXPECT_EQ(leg.all<Ended>()[0].by, EndedBy::network);
}

TEST_F(SipSession, ARefusedHoldLeavesTheCallAsItWas) {
  const auto before = leg.session.audio();
  leg.session.set_direction(sendonly, leg.clock.now());
  leg.drain();
  leg.respond(488, "");
  EXPECT_EQ(leg.all<ModifyFailed>().at(0).status, 488);
  EXPECT_EQ(leg.session.audio(), before);
  EXPECT_EQ(leg.session.state(), State::established);
  leg.receive("INVITE", "b", their_sdp());
  EXPECT_NE(leg.responses.back().message.body().find("a=sendrecv"), std::string_view::npos);
}

TEST_F(SipSession, ALostDialogEndsTheCall) {
  for (const int status : {408, 481}) {
    Leg one = answered_leg(random);
    one.session.set_direction(sendonly, one.clock.now());
    one.drain();
    one.respond(status, "");
    EXPECT_EQ(one.sent().back(), "BYE") << status;
    EXPECT_EQ(one.all<Ended>()[0].status, status);
  }
  leg.session.set_direction(sendonly, leg.clock.now());
  leg.drain();
  leg.respond(100, "");
  leg.wait(33s);  // rule S9: an unanswered re-INVITE
  EXPECT_EQ(leg.sent().back(), "BYE");
}

TEST_F(SipSession, DigitsComeByInfo) {
  leg.receive(
      "INFO", "b", "Signal=5\r\nDuration=120\r\n", "Content-Type: application/dtmf-relay\n"
  );
  EXPECT_EQ(leg.last_status(), 200);
  leg.receive("INFO", "b", "#", "Content-Type: application/dtmf\n");
  ASSERT_EQ(leg.all<DigitPressed>().size(), 2U);
  EXPECT_EQ(leg.all<DigitPressed>()[0].digit, '5');
  EXPECT_EQ(leg.all<DigitPressed>()[0].duration, 120ms);
  EXPECT_EQ(leg.all<DigitPressed>()[1].digit, '#');
  leg.receive("INFO", "b", "x", "Content-Type: text/plain\n");
  EXPECT_EQ(leg.last_status(), 415);
  leg.receive("INFO", "b");
  EXPECT_EQ(leg.last_status(), 200);
}

TEST_F(SipSession, EachMethodGetsWhatItDeserves) {
  struct Row {
    const char* method;
    const char* lines;
    int status;
  };
  for (const Row& row : {
           Row{"OPTIONS", "", 200},
           Row{"MESSAGE", "", 405},
           Row{"PRACK", "RAck: 1 1 INVITE\n", 481},
           Row{"NOTIFY", "Event: refer\n", 481},
           Row{"DANCE", "", 501},
           Row{"OPTIONS", "Require: nonsense\n", 420},
           Row{"UPDATE", "", 200},
       }) {
    leg.receive(row.method, "b", {}, row.lines);
    EXPECT_EQ(leg.last_status(), row.status) << row.method;
  }
  EXPECT_EQ(leg.session.state(), State::established);
}

TEST_F(SipSession, RuleS8ForgedRequestsGet481AndChangeNothing) {
  leg.receive("BYE", "x");
  EXPECT_EQ(leg.last_status(), 481);
  leg.receive("INVITE", "x", their_sdp("a=inactive\r\n"));
  EXPECT_EQ(leg.last_status(), 481);
  EXPECT_EQ(leg.session.state(), State::established);
  EXPECT_TRUE(leg.all<Ended>().empty());
}

TEST_F(SipSession, ALowerNumberGets500) {
  leg.receive("OPTIONS", "b");
  leg.receive_numbered("BYE", leg.peer_cseq - 1, "b");
  EXPECT_EQ(leg.last_status(), 500);
  EXPECT_EQ(leg.session.state(), State::established);
}

TEST_F(SipSession, ByesThatCrossEndBothQuietly) {
  leg.session.hang_up();
  leg.drain();
  leg.receive("BYE", "b");
  EXPECT_EQ(leg.last_status(), 200);
  EXPECT_EQ(leg.session.state(), State::ended);
  EXPECT_EQ(leg.all<Ended>().size(), 1U);
}

TEST_F(SipSession, NothingIsToldAfterTheEnd) {
  Leg one = called_leg(random, their_sdp());
  one.session.answer(one.clock.now());
  one.session.hang_up();  // waits for the ACK with its BYE
  one.receive("UPDATE", "b", their_sdp("a=sendonly\r\n"));
  one.receive("INFO", "b", "5", "Content-Type: application/dtmf\n");
  EXPECT_TRUE(std::holds_alternative<Ended>(one.events.back()));
}

TEST_F(SipSession, AByeThatNobodyAnswersEndsToo) {
  leg.session.hang_up();
  leg.drain();
  leg.session.handle_failure(leg.requests.back().transaction, 408, leg.clock.now());
  EXPECT_EQ(leg.session.state(), State::ended);
}

TEST_F(SipSession, WeRefreshForAPeerWithoutTimersAndEndWhenItIsGone) {
  leg.wait(900s);
  ASSERT_EQ(leg.sent().back(), "INVITE");
  leg.respond(200, "", their_sdp());
  EXPECT_TRUE(leg.all<MediaChanged>().empty());
  leg.wait(900s);
  EXPECT_EQ(leg.requests.size(), 3U);
  leg.respond(500, "");
  EXPECT_EQ(leg.all<ModifyFailed>().size(), 1U);
  leg.wait(2s);
  EXPECT_EQ(leg.session.state(), State::established);
}

TEST_F(SipSession, ARefreshByUpdateCarriesNoSdp) {
  Leg one = answered_leg(
      random,
      "Allow: INVITE, ACK, BYE, UPDATE\nSupported: timer\nSession-Expires: 120;refresher=uac\n"
  );
  one.wait(60s);
  ASSERT_EQ(one.sent().back(), "UPDATE");
  EXPECT_TRUE(one.requests.back().message.body().empty());
  EXPECT_EQ(one.requests.back().message.header(HeaderId::session_expires), "1800;refresher=uac");
  one.respond(200, "", {}, "Session-Expires: 120;refresher=uac\n");
  one.wait(59s);
  EXPECT_EQ(one.requests.size(), 2U);
  one.wait(1s);
  EXPECT_EQ(one.requests.size(), 3U);
}

TEST_F(SipSession, RuleS9AnExpiredSessionTimerEndsTheCall) {
  Leg one = answered_leg(random, "Require: timer\nSession-Expires: 120;refresher=uas\n");
  one.wait(87s);
  EXPECT_EQ(one.session.state(), State::established);
  one.receive("UPDATE", "b", {}, "Supported: timer\nSession-Expires: 120;refresher=uac\n");
  EXPECT_EQ(one.responses.back().message.header(HeaderId::session_expires), "120;refresher=uac");
  one.wait(87s);
  EXPECT_EQ(one.session.state(), State::established);
  one.wait(1s);
  EXPECT_EQ(one.sent().back(), "BYE");
  EXPECT_EQ(one.all<Ended>()[0].by, EndedBy::network);
}

TEST_F(SipSession, OurOwnRequestsAnswerTheTrunksChallenge) {
  const char* challenge = "Proxy-Authenticate: Digest realm=\"trunk\", nonce=\"n\", qop=\"auth\"\n";
  InviteSession::Settings settings = settings_at("192.0.2.1", "a");
  settings.credentials = {{.username = "u", .password = "p", .realm = "trunk"}};
  Leg one = answered_leg(random, {}, settings);
  one.session.hang_up();
  one.drain();
  one.respond(407, "", {}, challenge, ChallengeFrom::configured_trunk);
  ASSERT_EQ(one.sent(), (std::vector<std::string>{"INVITE", "BYE", "BYE"}));
  EXPECT_TRUE(one.requests.back().message.header(HeaderId::proxy_authorization));
  one.respond(200, "");
  EXPECT_EQ(one.session.state(), State::ended);
}

}  // namespace
}  // namespace belfry::sip
