// Calls between two exchanges, each with its own call model, over a network without sockets.
#include "gateway/sip/exchange_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using call::HangupCause;
using call::LegStatus;
using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

struct SipCallTest : WorldTest {
  SipCallTest() {
    one.dial_plan.add_route({"+", "other"});
    two.answer_number("+4989111");
    two.answer_number("+4989222", {{"ring", true}});
    two.answer_number("+4989333", {{"busy", true}});
    one.start();
    two.start();
  }
  static Gateway::Settings settings(const Endpoint& own, const Endpoint& other) {
    Gateway::Settings made;
    made.listeners = {own};
    TrunkSettings trunk;
    trunk.name = "other";
    trunk.host = other.address;
    made.trunks = {trunk};
    return made;
  }
  /// Both ends must be as they were before the call (rule R11).
  void expect_nothing_left() {
    pass(70s);
    EXPECT_EQ(one.gateway.agent().live_sessions(), 0u);
    EXPECT_EQ(two.gateway.agent().live_sessions(), 0u);
    EXPECT_EQ(one.switchboard->live_legs(), 0u);
    EXPECT_EQ(two.switchboard->live_legs(), 0u);
    EXPECT_EQ(one.gateway.trunk_states().front().state.channels_in_use, 0u);
    EXPECT_EQ(two.gateway.trunk_states().front().state.channels_in_use, 0u);
  }

  Exchange one{world(*first_store), settings(here, there), 1};
  Exchange two{world(*second_store), settings(there, here), 2};
};

TEST_F(SipCallTest, ACallIsAnsweredAndTheCallerHangsUp) {
  const std::string sid = place(one, "+4989111");
  pass(1s);
  ASSERT_NE(one.switchboard->find(sid), nullptr);
  EXPECT_EQ(one.last[sid].status, LegStatus::in_progress);
  ASSERT_NE(two.only_leg(), nullptr);
  EXPECT_EQ(two.only_leg()->record().from, "+15550001111");
  EXPECT_TRUE(one.switchboard->find(sid)->seat());
  one.switchboard->find(sid)->hang_up(HangupCause::normal);
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::completed);
  EXPECT_EQ(two.last.begin()->second.status, LegStatus::completed);
  EXPECT_THAT(
      one.timeline[sid], IsSupersetOf(
                             {"sip.sent INVITE", "sip.received INVITE 200", "sip.sent ACK",
                              "media.negotiated opus", "sip.sent BYE"}
                         )
  );
  expect_nothing_left();
}

/// Rule R3: before that no packet leaves, also none that takes it back.
TEST_F(SipCallTest, WhoHangsUpBeforeTheAttemptIsStoredHasSentNothing) {
  const auto hangs_up = one.feed.subscribe([&](const auto& leg, const call::EventRecord& event) {
    if (event.type != "call.queued") return;
    loop.post([&, sid = leg.sid] { one.switchboard->find(sid)->hang_up(HangupCause::canceled); });
  });
  const std::string sid = place(one, "+4989111");
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::canceled);
  EXPECT_THAT(one.timeline[sid], Not(Contains(StartsWith("sip.sent"))));
  EXPECT_THAT(network.from(here), IsEmpty());
  expect_nothing_left();
}

TEST_F(SipCallTest, TheCalledSideHangsUp) {
  const std::string sid = place(one, "+4989111");
  pass(1s);
  two.only_leg()->hang_up(HangupCause::normal);
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::completed);
  expect_nothing_left();
}

TEST_F(SipCallTest, BothHangUpAtTheSameMoment) {
  const std::string sid = place(one, "+4989111");
  pass(1s);
  two.only_leg()->hang_up(HangupCause::normal);
  one.switchboard->find(sid)->hang_up(HangupCause::normal);
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::completed);
  expect_nothing_left();
}

TEST_F(SipCallTest, ACallThatRingsIsCancelled) {
  const std::string sid = place(one, "+4989222");
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::ringing);
  one.switchboard->find(sid)->hang_up(HangupCause::canceled);
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::canceled);
  EXPECT_EQ(two.last.begin()->second.status, LegStatus::canceled);
  EXPECT_THAT(network.from(here, "CANCEL"), SizeIs(1));
  EXPECT_THAT(network.from(here, "BYE"), IsEmpty());
  expect_nothing_left();
}

TEST_F(SipCallTest, NobodyPicksUpWithinTheRingTime) {
  const std::string sid = place(one, "+4989222");
  pass(61s);
  EXPECT_EQ(one.last[sid].status, LegStatus::no_answer);
  EXPECT_THAT(network.from(here, "CANCEL"), SizeIs(1));
  expect_nothing_left();
}

TEST_F(SipCallTest, BusyIsBusy) {
  const std::string sid = place(one, "+4989333");
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::busy);
  EXPECT_THAT(network.from(there, "SIP/2.0 486"), SizeIs(1));
  expect_nothing_left();
}

TEST_F(SipCallTest, ANumberOfNobodyIsUnreachable) {
  const std::string sid = place(one, "+4989999");
  pass(1s);
  EXPECT_EQ(one.last[sid].status, LegStatus::failed);
  EXPECT_THAT(one.timeline[sid], Contains("sip.received INVITE 404"));
  EXPECT_THAT(one.timeline[sid], Contains("call.failed unreachable"));
  expect_nothing_left();
}

TEST_F(SipCallTest, CallsAreMadeThoughAFifthOfAllPacketsAreLost) {
  base::SeededRandom dice(7);
  network.loses = [&](const Network::Sent&) { return dice.unit() < 0.2; };
  for (int call = 0; call < 20; ++call) {
    const std::string sid = place(one, "+4989111");
    pass(20s);
    EXPECT_EQ(one.last[sid].status, LegStatus::in_progress) << call;
    if (call::Leg* leg = one.switchboard->find(sid)) leg->hang_up(HangupCause::normal);
    pass(40s);
    EXPECT_EQ(one.last[sid].status, LegStatus::completed) << call;
  }
  expect_nothing_left();
}

TEST_F(SipCallTest, ATrunkHasOnlySoManyChannels) {
  for (int call = 0; call < 35; ++call) {
    place(one, "+4989111");
    pass(300ms);
  }
  EXPECT_EQ(one.gateway.trunk_states().front().state.channels_in_use, 30u);
  EXPECT_EQ(one.gateway.trunk_states().front().state.calls_waiting, 5u);
  pass(10s);
  EXPECT_EQ(one.switchboard->live_legs(), 30u) << "who waited 10 s was told that it is full";
  one.switchboard->hang_up_all(HangupCause::normal);
  expect_nothing_left();
}

TEST_F(SipCallTest, WhileItDrainsNewCallsGetARetryAfterAndLiveOnesGoOn) {
  const std::string live = place(one, "+4989111");
  pass(1s);
  two.gateway.drain();  // rule R9
  const std::string late = place(one, "+4989111");
  pass(1s);
  EXPECT_EQ(one.last[late].status, LegStatus::failed);
  const auto refusals = network.from(there, "SIP/2.0 503");
  ASSERT_FALSE(refusals.empty());
  EXPECT_NE(refusals.front().bytes.find("Retry-After: "), std::string::npos);
  EXPECT_EQ(one.last[live].status, LegStatus::in_progress);
  pass(31s);
  EXPECT_FALSE(one.dial_plan.carrier("other")->available()) << "OPTIONS was answered with 503";
  one.switchboard->find(live)->hang_up(HangupCause::normal);
  pass(1s);
  EXPECT_EQ(one.last[live].status, LegStatus::completed);
  expect_nothing_left();
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
