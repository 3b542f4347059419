// Rule R3: nobody is rung twice, nobody is left ringing, whenever the process dies.
#include "gateway/sip/exchange_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using belfry::sip::HeaderId;
using call::LegStatus;
using testing::IsEmpty;
using testing::SizeIs;

struct SipRestartTest : WorldTest {
  static Gateway::Settings settings(const Endpoint& own) {
    Gateway::Settings made;
    made.listeners = {own};
    TrunkSettings trunk;
    trunk.name = "carrier";
    trunk.host = "192.0.2.20";
    made.trunks = {trunk};
    return made;
  }
  void boot() {
    exchange = std::make_unique<Exchange>(world(*first_store), changed, ++boots);
    exchange->dial_plan.add_route({"+", "carrier"});
    exchange->answer_number("+4989111");
    base::Task<void> recovery = recover(*exchange);
    tasks.spawn(std::move(recovery));
    pass(1ms);
    exchange->start();
  }
  /// Like kill -9: what is in memory is gone, without a word.
  void crash_for(base::Duration outage) {
    pass(1ms);  // the writer's turn
    exchange.reset();
    network.sent.clear();
    pass(outage);
    boot();
  }
  static std::string invite_to(const std::string& number, const std::string& sdp) {
    const std::string uri = "sip:" + number + "@192.0.2.1";
    std::string text = "INVITE " + uri +
                       " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bKin\r\nFrom: "
                       "<sip:+15557@192.0.2.20>;tag=f\r\nTo: <" +
                       uri + ">\r\nCall-ID: in\r\nCSeq: 1 INVITE\r\nContact: <sip:192.0.2.20>\r\n";
    if (!sdp.empty()) text += "Content-Type: application/sdp\r\n";
    return text + "Content-Length: " + std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
  }
  LegStatus status_of(const std::string& sid) { return exchange->last[sid].status; }
  std::vector<Network::Sent> invites() { return network.from(here, "INVITE"); }

  std::uint64_t boots = 0;
  Gateway::Settings changed = settings(here);
  Peer carrier{network, {"192.0.2.20", 5060}};
  std::unique_ptr<Exchange> exchange;
};

TEST_F(SipRestartTest, NothingHeardTheSameInviteIsSentAgainByteForByte) {
  boot();
  const std::string sid = place(*exchange, "+6561234567");
  pass(10ms);
  ASSERT_THAT(invites(), SizeIs(1));
  const std::string first = invites().front().bytes;
  crash_for(20s);
  pass(10ms);
  ASSERT_FALSE(invites().empty());
  EXPECT_EQ(invites().front().bytes, first);
  carrier.respond(here, *carrier.request("INVITE"), 200, "t", sdp_at("192.0.2.20", 4000));
  pass(20ms);
  EXPECT_EQ(status_of(sid), LegStatus::in_progress);
  EXPECT_TRUE(exchange->switchboard->find(sid)->seat());
  EXPECT_EQ(carrier.count("ACK"), 1u);
}

TEST_F(SipRestartTest, RingingTheSameInviteIsSentAgainAndTheCallGoesOn) {
  boot();
  const std::string sid = place(*exchange, "+6561234567");
  pass(10ms);
  const std::string first = invites().front().bytes;
  carrier.respond(here, *carrier.request("INVITE"), 180, "t");
  pass(10ms);
  EXPECT_EQ(status_of(sid), LegStatus::ringing);
  crash_for(10s);
  pass(10ms);
  ASSERT_FALSE(invites().empty());
  EXPECT_EQ(invites().front().bytes, first);
  carrier.respond(here, *carrier.request("INVITE"), 180, "t");
  carrier.respond(here, *carrier.request("INVITE"), 200, "t", sdp_at("192.0.2.20", 4000));
  pass(20ms);
  EXPECT_EQ(status_of(sid), LegStatus::in_progress);
}

TEST_F(SipRestartTest, LaterItIsCancelledWithTheSameBranchAndNotDialledAgain) {
  for (const bool ringing : {false, true}) {
    boot();
    const std::string sid = place(*exchange, "+6561234567");
    pass(10ms);
    const belfry::sip::Message invite = *carrier.request("INVITE");
    if (ringing) carrier.respond(here, invite, 180, "t");
    pass(10ms);
    crash_for(40s);
    pass(10ms);
    EXPECT_THAT(invites(), IsEmpty());
    const auto* cancel = carrier.request("CANCEL");
    ASSERT_NE(cancel, nullptr);
    EXPECT_EQ(cancel->header(HeaderId::via), invite.header(HeaderId::via));
    EXPECT_EQ(cancel->call_id(), invite.call_id());
    EXPECT_EQ(cancel->cseq()->number, invite.cseq()->number);
    EXPECT_EQ(cancel->header(HeaderId::reason), R"(SIP;cause=503;text="restart")");
    EXPECT_EQ(status_of(sid), LegStatus::failed);
    pass(40s);
    carrier.heard.clear();
    network.sent.clear();
    exchange.reset();
  }
}

TEST_F(SipRestartTest, AnAnsweredCallIsHungUpWithAReason) {
  boot();
  const std::string sid = place(*exchange, "+6561234567");
  pass(10ms);
  const auto invite = *carrier.request("INVITE");
  carrier.respond(here, invite, 200, "t", sdp_at("192.0.2.20", 4000));
  pass(20ms);
  EXPECT_EQ(status_of(sid), LegStatus::in_progress);
  crash_for(3s);
  pass(10ms);
  const auto* bye = carrier.request("BYE");
  ASSERT_NE(bye, nullptr);
  EXPECT_EQ(bye->call_id(), invite.call_id());
  EXPECT_EQ(bye->to_tag(), "t");
  EXPECT_EQ(bye->request_uri_text(), "sip:peer@192.0.2.20:5060");
  EXPECT_GT(bye->cseq()->number, invite.cseq()->number);
  EXPECT_EQ(bye->header(HeaderId::reason), R"(SIP;cause=503;text="restart")");
  EXPECT_EQ(status_of(sid), LegStatus::completed);
  EXPECT_THAT(invites(), IsEmpty());
}

TEST_F(SipRestartTest, ACallThatCameInIsHungUpToo) {
  boot();
  carrier.send(here, invite_to("+4989111", sdp_at("192.0.2.20", 4000)));
  pass(20ms);
  ASSERT_NE(exchange->only_leg(), nullptr);
  EXPECT_TRUE(exchange->only_leg()->answered());
  crash_for(3s);
  pass(10ms);
  const auto* bye = carrier.request("BYE");
  ASSERT_NE(bye, nullptr);
  EXPECT_EQ(bye->call_id(), "in");
  EXPECT_EQ(bye->to_tag(), "f");
}

TEST_F(SipRestartTest, WhoHeardOfAnAnswerIsHungUpWheneverTheCrashComes) {
  for (int moment = 0; moment <= 20; ++moment) {
    boot();
    (void)place(*exchange, "+6561234567");
    pass(10ms);
    carrier.respond(here, *carrier.request("INVITE"), 200, "t", sdp_at("192.0.2.20", 4000));
    for (int turn = 0; turn < moment; ++turn) pass(1ms);
    const bool told = !network.from(here, "ACK").empty();
    exchange.reset();  // without the writer's turn that crash_for grants
    network.sent.clear();
    pass(3s);
    boot();
    pass(10ms);
    // Without an ACK the carrier repeats its 200, to which the same INVITE leads again.
    EXPECT_EQ(network.from(here, "BYE").size(), told ? 1u : 0u) << moment;
    EXPECT_EQ(invites().empty(), told) << moment;
    exchange.reset();
    network.sent.clear();
    carrier.heard.clear();
    first_store = open_store(loop);
  }
}

TEST_F(SipRestartTest, ACallThatCameInAndRingsGetsAFinalAnswer) {
  boot();
  exchange->answer_number("+4989111", {{"ring", true}});
  carrier.send(here, invite_to("+4989111", sdp_at("192.0.2.20", 4000)));
  pass(20ms);
  EXPECT_EQ(carrier.statuses().back(), 180);
  crash_for(3s);
  pass(10ms);
  EXPECT_EQ(carrier.statuses().back(), 503);
  EXPECT_EQ(carrier.heard.back().from_tag(), "f");
  EXPECT_EQ(carrier.heard.back().top_via()->branch(), "z9hG4bKin");
  EXPECT_EQ(carrier.count("BYE"), 0u);
}

TEST_F(SipRestartTest, ACallThatCameInWithoutAnOfferIsEndedInBothWays) {
  boot();
  carrier.send(here, invite_to("+4989111", ""));
  pass(20ms);
  EXPECT_EQ(carrier.statuses().back(), 200);
  crash_for(3s);
  pass(10ms);
  EXPECT_EQ(carrier.statuses().back(), 503);
  EXPECT_EQ(carrier.count("BYE"), 1u);
}

TEST_F(SipRestartTest, AChangedConfigurationCancelsInsteadOfSendingAnotherInvite) {
  boot();
  const std::string sid = place(*exchange, "+6561234567");
  pass(10ms);
  const auto invite = *carrier.request("INVITE");
  changed.codecs = {"PCMA"};
  crash_for(5s);
  pass(10ms);
  EXPECT_THAT(invites(), IsEmpty());
  ASSERT_NE(carrier.request("CANCEL"), nullptr);
  EXPECT_EQ(carrier.request("CANCEL")->header(HeaderId::via), invite.header(HeaderId::via));
  EXPECT_TRUE(call::is_final(status_of(sid)));
}

TEST_F(SipRestartTest, TwoServersDeriveDifferentIdentifiers) {
  const Identifiers ours("key one", "attempt"), theirs("key two", "attempt"),
      next("key one", "other");
  EXPECT_NE(ours.call_id(), theirs.call_id());
  EXPECT_NE(ours.call_id(), next.call_id());
  EXPECT_NE(ours.branch(0), ours.branch(1));
  EXPECT_EQ(ours.branch(1), Identifiers("key one", "attempt").branch(1));
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
