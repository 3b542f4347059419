// A carrier with two addresses, one of which may be dead; registration at a carrier.
#include "gateway/sip/exchange_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using belfry::sip::HeaderId;
using call::LegStatus;
using testing::Contains;
using testing::Not;

struct SipTrunkTest : WorldTest {
  static Gateway::Settings settings(const Endpoint& own) {
    Gateway::Settings made;
    made.listeners = {own};
    TrunkSettings trunk;
    trunk.name = "carrier";
    trunk.host = "carrier.example";
    trunk.username = "us";
    trunk.password = "trunk secret";
    trunk.register_out = true;
    trunk.max_calls_per_second = 2;
    made.trunks = {trunk};
    return made;
  }
  SipTrunkTest() {
    exchange.dial_plan.add_route({"+", "carrier"});
    exchange.start();
    pass(20ms);
  }
  void answer_options(Peer& peer, int status = 200) {
    if (const auto* options = peer.request("OPTIONS")) peer.respond(here, *options, status, "o");
    pass(20ms);
  }
  std::string summary() { return exchange.gateway.trunk_states().front().state.summary; }

  Exchange exchange{world(*first_store), settings(here)};
  Peer first{network, {"192.0.2.21", 5060}};
  Peer second{network, {"192.0.2.22", 5060}};
};

TEST_F(SipTrunkTest, AnOverloadedAddressIsPassedOverForTheNext) {
  const std::string sid = place(exchange, "+6561234567");
  pass(20ms);
  const auto invite = *first.request("INVITE");
  EXPECT_THAT(second.request("INVITE"), nullptr);
  first.respond(here, invite, 503, "t");
  pass(20ms);
  ASSERT_NE(second.request("INVITE"), nullptr);
  const auto again = *second.request("INVITE");
  EXPECT_EQ(again.call_id(), invite.call_id());
  EXPECT_NE(again.top_via()->branch(), invite.top_via()->branch());
  second.respond(here, again, 200, "t", sdp_at("192.0.2.22", 4000));
  pass(20ms);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
}

TEST_F(SipTrunkTest, ABusyPartyIsNotCalledByAnotherWay) {
  const std::string sid = place(exchange, "+6561234567");
  pass(20ms);
  first.respond(here, *first.request("INVITE"), 486, "t");
  pass(1s);
  EXPECT_EQ(second.request("INVITE"), nullptr);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::busy);
}

TEST_F(SipTrunkTest, ASilentAddressIsFoundOutByOptionsAndTheOtherCalledFirst) {
  pass(30s);
  answer_options(second);
  pass(33s);  // 64·T1
  answer_options(second);
  EXPECT_TRUE(exchange.dial_plan.carrier("carrier")->available());
  place(exchange, "+6561234567");
  pass(20ms);
  EXPECT_EQ(first.request("INVITE"), nullptr);
  EXPECT_NE(second.request("INVITE"), nullptr);
}

TEST_F(SipTrunkTest, WhenAllAreSilentItIsDownUntilOneAnswers) {
  pass(30s + 33s);
  EXPECT_FALSE(exchange.dial_plan.carrier("carrier")->available());
  EXPECT_THAT(summary(), testing::StartsWith("down"));
  answer_options(first, 404);
  EXPECT_TRUE(exchange.dial_plan.carrier("carrier")->available()) << "any word is a sign of life";
}

TEST_F(SipTrunkTest, ItRegistersWithItsPasswordAndRefreshes) {
  const auto asked = *first.request("REGISTER");
  EXPECT_FALSE(asked.header(HeaderId::authorization));
  first.respond(
      here, asked, 401, "r", {}, "WWW-Authenticate",
      R"(Digest realm="carrier", nonce="n", algorithm=SHA-256, qop="auth")"
  );
  pass(20ms);
  const auto proved = *first.request("REGISTER");
  ASSERT_TRUE(proved.header(HeaderId::authorization));
  EXPECT_EQ(summary(), "up, not registered");
  first.respond(here, proved, 200, "r", {}, "Expires", "600");
  pass(20ms);
  EXPECT_EQ(summary(), "up, registered");
  const std::size_t before = first.count("REGISTER");
  pass(490s);
  EXPECT_GT(first.count("REGISTER"), before);
}

TEST_F(SipTrunkTest, TheThirdCallWithinASecondWaitsForTheNext) {
  const auto calls = [&] { return network.from(here, "INVITE").size(); };
  std::string last;
  for (int call = 0; call < 3; ++call) last = place(exchange, "+6561234567");
  EXPECT_EQ(calls(), 2u);
  EXPECT_THAT(exchange.timeline[last], Contains("trunk.waiting"));
  EXPECT_EQ(exchange.gateway.trunk_states().front().state.calls_waiting, 1u);
  pass(600ms);
  EXPECT_EQ(exchange.gateway.trunk_states().front().state.calls_waiting, 0u);
  EXPECT_THAT(exchange.timeline[last], Contains("sip.sent INVITE"));
}

TEST_F(SipTrunkTest, WhoHangsUpWhileWaitingHasRungNobody) {
  std::string last;
  for (int call = 0; call < 3; ++call) last = place(exchange, "+6561234567");
  exchange.switchboard->find(last)->hang_up(call::HangupCause::normal);
  pass(2s);
  EXPECT_EQ(exchange.last[last].status, LegStatus::canceled);
  EXPECT_THAT(exchange.timeline[last], Not(Contains("sip.sent INVITE")));
  EXPECT_THAT(exchange.timeline[last], Not(Contains("sip.sent CANCEL")));
}

TEST_F(SipTrunkTest, CredentialsOfTheInviteAreNotKeptOnDisk) {
  place(exchange, "+6561234567");
  pass(20ms);
  first.respond(
      here, *first.request("INVITE"), 401, "t", {}, "WWW-Authenticate",
      R"(Digest realm="carrier", nonce="n", algorithm=MD5, qop="auth")"
  );
  pass(20ms);
  ASSERT_TRUE(first.request("INVITE")->header(HeaderId::authorization));
  const auto state = base::json::serialize(exchange.only_leg()->record().attempt->state);
  EXPECT_EQ(state.find("uthorization"), std::string::npos);
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
