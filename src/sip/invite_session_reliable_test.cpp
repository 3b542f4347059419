#include "sip/session_for_test.hpp"

// RFC 3262, both ways.
namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using State = InviteSession::State;

const std::string their_sdp = sdp_of("192.0.2.2", 30000);

class SipReliable : public testing::Test {
 protected:
  static std::string rack(const Leg& leg, int cseq = 100) {
    const Message& response = leg.responses.back().message;
    return "RAck: " + std::string(response.header(HeaderId::rseq).value_or("0")) + ' ' +
           std::to_string(cseq) + " INVITE\n";
  }
  base::SeededRandom random{1};
};

TEST_F(SipReliable, WeConfirmEachOnceAndGoOnWithHigherNumbers) {
  Leg leg = calling_leg(random);
  EXPECT_TRUE(leg.requests[0].message.has_option(HeaderId::supported, "100rel"));
  leg.respond(183, "b", their_sdp, "Require: 100rel\nRSeq: 776\n");
  ASSERT_EQ(leg.sent(), (std::vector<std::string>{"INVITE", "PRACK"}));
  EXPECT_EQ(leg.requests[1].message.header(HeaderId::rack), "776 1 INVITE");
  EXPECT_EQ(leg.requests[1].message.to_tag(), "b");
  EXPECT_EQ(leg.requests[1].message.request_uri_text(), "sip:bob@192.0.2.2:5080");
  EXPECT_EQ(leg.all<EarlyMedia>().size(), 1U);
  const SendRequest invite = leg.requests[0];
  leg.respond_to(invite, 183, "b", their_sdp, "Require: 100rel\nRSeq: 776\n");
  leg.respond_to(invite, 180, "b", {}, "Require: 100rel\nRSeq: 778\n");
  EXPECT_EQ(leg.requests.size(), 2U) << "a repeated one, and one that came too early";
  EXPECT_TRUE(leg.all<Ringing>().empty());
  leg.respond_to(invite, 180, "b", {}, "Require: 100rel\nRSeq: 777\n");
  EXPECT_EQ(leg.requests.size(), 3U);
  EXPECT_EQ(leg.all<Ringing>().size(), 1U);
  leg.respond_to(invite, 200, "b", their_sdp);
  EXPECT_EQ(leg.acks.back().message.cseq()->number, 1U);
  leg.session.hang_up();
  leg.drain();
  EXPECT_EQ(leg.requests.back().message.cseq()->number, 4U) << "INVITE 1, PRACK 2 and 3";
}

TEST_F(SipReliable, ForksHaveNumbersOfTheirOwn) {
  Leg leg = calling_leg(random);
  const SendRequest invite = leg.requests[0];
  leg.respond_to(invite, 180, "b", {}, "Require: 100rel\nRSeq: 5\n");
  leg.respond_to(invite, 180, "c", {}, "Require: 100rel\nRSeq: 900\n");
  EXPECT_EQ(leg.sent(), (std::vector<std::string>{"INVITE", "PRACK", "PRACK"}));
}

TEST_F(SipReliable, OurRingingIsRepeatedUntilThePrackWhenTheCallerRequiresIt) {
  Leg leg = called_leg(random, their_sdp, "Require: 100rel\n");
  leg.session.ring(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.last_status(), 180);
  EXPECT_TRUE(leg.responses.back().message.has_option(HeaderId::require, "100rel"));
  leg.wait(1600ms);
  EXPECT_EQ(leg.responses.size(), 3U) << "after 0.5 and 1.5 s";
  leg.receive("PRACK", "b", {}, rack(leg));
  EXPECT_EQ(leg.last_status(), 200);
  leg.wait(20s);
  EXPECT_EQ(leg.responses.size(), 4U);
  leg.session.answer(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.last_status(), 200);
}

TEST_F(SipReliable, AnAnswerWaitsUntilOurEarlyMediaIsConfirmed) {
  Leg leg = called_leg(random, their_sdp, "Supported: 100rel\n");
  leg.session.ring(leg.clock.now());
  leg.session.early_media(leg.clock.now());
  leg.drain();
  ASSERT_EQ(leg.responses.size(), 2U);
  EXPECT_FALSE(leg.responses[0].message.has_option(HeaderId::require, "100rel"));
  EXPECT_TRUE(leg.responses[1].message.has_option(HeaderId::require, "100rel"));
  const std::string right = rack(leg);
  leg.session.answer(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.session.state(), State::incoming);
  leg.receive("PRACK", "b", {}, "RAck: 1 100 INVITE\n");
  EXPECT_EQ(leg.last_status(), 481);
  leg.receive("PRACK", "b", {}, right);
  EXPECT_EQ(leg.session.state(), State::accepted);
  EXPECT_EQ(leg.all<Answered>().size(), 1U);
}

TEST_F(SipReliable, OneWaitsForTheOther) {
  Leg leg = called_leg(random, their_sdp, "Require: 100rel\n");
  leg.session.ring(leg.clock.now());
  leg.session.early_media(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.responses.size(), 1U);
  const auto first = leg.responses.back().message.number(HeaderId::rseq);
  leg.receive("PRACK", "b", {}, rack(leg));
  EXPECT_EQ(leg.last_status(), 183);
  EXPECT_EQ(leg.responses.back().message.number(HeaderId::rseq), *first + 1);
  EXPECT_FALSE(leg.responses.back().message.body().empty());
}

TEST_F(SipReliable, WithoutAPrackTheCallIsRefused) {
  Leg leg = called_leg(random, their_sdp, "Require: 100rel\n");
  leg.session.ring(leg.clock.now());
  leg.drain();
  leg.wait(33s);
  EXPECT_EQ(leg.last_status(), 504);
  EXPECT_EQ(leg.session.state(), State::ended);
}

TEST_F(SipReliable, AnUpdateBeforeTheAnswerIsTakenOnceOurMediaIsConfirmed) {
  Leg leg = called_leg(random, their_sdp, "Supported: 100rel\n");
  leg.session.early_media(leg.clock.now());
  leg.drain();
  const std::string right = rack(leg);
  leg.receive("UPDATE", "b", sdp_of("192.0.2.2", 30002));
  EXPECT_EQ(leg.last_status(), 500);
  leg.receive("PRACK", "b", {}, right);
  leg.receive("UPDATE", "b", sdp_of("192.0.2.2", 30002));
  EXPECT_EQ(leg.last_status(), 200);
  leg.session.answer(leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.all<Answered>()[0].audio.remote_rtp_port, 30002);
}

TEST_F(SipReliable, BrokenPracksChangeNothing) {
  Leg leg = called_leg(random, their_sdp, "Require: 100rel\n");
  leg.session.ring(leg.clock.now());
  leg.drain();
  const std::string right = rack(leg);
  for (const char* bad : {"", "RAck: x 100 INVITE\n", "RAck: 1\n", "RAck: 1 100 BYE\n"}) {
    leg.receive("PRACK", "b", {}, bad);
    EXPECT_EQ(leg.last_status(), 400) << bad;
  }
  leg.receive("PRACK", "b", {}, right);
  EXPECT_EQ(leg.last_status(), 200);
}

}  // namespace
}  // namespace belfry::sip
