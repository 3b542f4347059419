// A page is called: who rings, who wins, and who is told what.
#include "compat/twilio/voice_sdk/call_request.hpp"
#include "compat/twilio/voice_sdk/testing/house.hpp"

namespace belfry::compat::twilio::voice_sdk::testing {
namespace {

using base::json::object;

struct CallsToPages : House {
  /// A call of the API to `client:<identity>`.
  std::string place(const std::string& identity, std::chrono::seconds ring_timeout = 30s) {
    call::PlaceCall call;
    call.to = {call::Party::Kind::client, identity};
    call.from = "+15550001111";
    call.program = {"twiml", {{"twiml", "<Response><Pause length=\"60\"/></Response>"}}};
    call.ring_timeout = ring_timeout;
    call.party_terms.parameters = {{"case id", "a b&c"}, {"lang", "我"}};
    const auto placed = wait(switchboard->place(std::move(call)));
    EXPECT_TRUE(placed);
    pass(50ms);
    return placed ? placed->sid : "";
  }
  call::LegStatus status(const std::string& sid) {
    pass(50ms);
    auto found = wait(store.store->find_leg(sid));
    return found && *found ? (*found)->status : call::LegStatus::queued;
  }
  void answer(Page& page, const std::string& sid) {
    page.say("answer", {{"callsid", sid}, {"sdp", "answer"}});
    peers.connect_all();
  }
};

TEST_F(CallsToPages, RingWithEverythingThatTheSdkShows) {
  Page page(*this, "alice");
  const std::string sid = place("alice");
  EXPECT_EQ(status(sid), call::LegStatus::ringing);
  EXPECT_EQ(page.heard(), "invite ");
  EXPECT_EQ(page.last("invite", "/callsid"), sid);
  EXPECT_EQ(page.last("invite", "/sdp"), "our offer 1");
  EXPECT_GE(page.last("invite", "/reconnect").size(), 32u);
  EXPECT_EQ(page.last("invite", "/parameters/From"), "+15550001111");
  EXPECT_EQ(page.last("invite", "/parameters/To"), "client:alice");
  EXPECT_EQ(page.last("invite", "/parameters/AccountSid"), account_sid);
  EXPECT_EQ(page.last("invite", "/parameters/Params"), "case id=a%20b%26c&lang=%E6%88%91")
      << "names as they are, values encoded";
  answer(page, sid);
  EXPECT_EQ(status(sid), call::LegStatus::in_progress);
  page.say("hangup", {{"callsid", sid}});
  EXPECT_EQ(status(sid), call::LegStatus::completed);
}

TEST_F(CallsToPages, SayWhatTheCarrierHasVerifiedOfTheNumberThatIsShown) {
  call::LegRecord leg, caller;
  call::Attempt attempt;
  caller.from = attempt.caller = "+15550001111";
  EXPECT_FALSE(invitation_of(leg, attempt, nullptr).contains("StirStatus"));
  EXPECT_FALSE(invitation_of(leg, attempt, &caller).contains("StirStatus"));
  caller.party_terms.parameters = {{"StirVerstat", "TN-Validation-Passed-A"}};
  const object told = invitation_of(leg, attempt, &caller);
  EXPECT_EQ(told.at("StirStatus"), "TN-Validation-Passed-A");
  attempt.caller = "+15550002222";
  EXPECT_FALSE(invitation_of(leg, attempt, &caller).contains("StirStatus"))
      << "a number of ours: nobody has verified that";
}

TEST_F(CallsToPages, ReachNobodyWhoIsNotRegistered) {
  Page other(*this, "bob");
  EXPECT_EQ(status(place("alice")), call::LegStatus::no_answer);
  Page page(*this, "alice");
  page.say("register", {{"media", object{{"audio", false}}}});
  EXPECT_EQ(page.heard(), "offline ");
  EXPECT_EQ(status(place("alice")), call::LegStatus::no_answer);
  EXPECT_EQ(page.heard() + other.heard(), "");
}

TEST_F(CallsToPages, RingAllDevicesAndTheFirstAnswerWins) {
  Page first(*this, "alice");
  Page second(*this, "alice");
  const std::string sid = place("alice");
  EXPECT_EQ(first.heard(), "invite ");
  EXPECT_EQ(second.heard(), "invite ");
  EXPECT_NE(first.last("invite", "/sdp"), second.last("invite", "/sdp"));
  answer(second, sid);
  EXPECT_EQ(first.heard(), "cancel ");
  EXPECT_EQ(second.heard(), "");
  EXPECT_EQ(status(sid), call::LegStatus::in_progress);
  first.say("answer", {{"callsid", sid}, {"sdp", "answer"}});
  EXPECT_EQ(first.heard(), "hangup ") << "too late";
  EXPECT_EQ(status(sid), call::LegStatus::in_progress);
  EXPECT_EQ(peers.open_peers.size(), 1u);
}

TEST_F(CallsToPages, RingTenDevicesAtMost) {
  std::vector<std::unique_ptr<Page>> pages;
  for (int i = 0; i < 11; ++i) pages.push_back(std::make_unique<Page>(*this, "alice"));
  place("alice");
  EXPECT_EQ(pages.front()->heard(), "");
  EXPECT_EQ(pages.back()->heard(), "invite ");
  EXPECT_EQ(peers.open_peers.size(), 10u);
}

TEST_F(CallsToPages, AreBusyWhenAllDevicesReject) {
  Page first(*this, "alice");
  Page second(*this, "alice");
  const std::string sid = place("alice");
  first.say("reject", {{"callsid", sid}});
  EXPECT_EQ(status(sid), call::LegStatus::ringing);
  second.say("reject", {{"callsid", sid}});
  EXPECT_EQ(status(sid), call::LegStatus::busy);
  EXPECT_EQ(second.heard(), "invite ") << "who rejects is told nothing";
}

TEST_F(CallsToPages, ADeviceWithoutMicrophoneDeclines) {
  Page page(*this, "alice");
  const std::string sid = place("alice");
  page.say("hangup", {{"callsid", sid}});
  EXPECT_EQ(status(sid), call::LegStatus::busy);
}

TEST_F(CallsToPages, AnIgnoredCallIsCancelledByTheRingTimer) {
  Page page(*this, "alice");
  const std::string sid = place("alice", 10s);
  page.live(9s);
  EXPECT_EQ(page.heard(), "invite ");
  page.live(2s);
  EXPECT_EQ(page.heard(), "cancel ");
  EXPECT_EQ(status(sid), call::LegStatus::no_answer);
}

TEST_F(CallsToPages, ABadAnswerIsRefusedAndTheOthersRingOn) {
  Page first(*this, "alice");
  Page second(*this, "alice");
  const std::string sid = place("alice");
  first.say("answer", {{"callsid", sid}, {"sdp", "bad"}});
  EXPECT_EQ(first.heard(), "invite hangup(31400) ");
  answer(second, sid);
  EXPECT_EQ(status(sid), call::LegStatus::in_progress);
}

TEST_F(CallsToPages, ATabThatIsClosedWhileItRingsEndsTheCallSoon) {
  Page page(*this, "alice");
  const std::string sid = place("alice", 60s);
  page.vanish();
  EXPECT_EQ(status(sid), call::LegStatus::ringing);
  pass(6s);
  EXPECT_EQ(status(sid), call::LegStatus::no_answer);
}

TEST_F(CallsToPages, APageThatIsLoadedAnewRingsAgain) {
  Page page(*this, "alice");
  const std::string sid = place("alice", 60s);
  page.vanish();
  pass(2s);
  Page again(*this);
  again.listen(token_for("alice"));
  again.say("register", {{"media", object{{"audio", true}}}});
  EXPECT_EQ(again.heard(), "connected ready invite ");
  again.live(10s);
  answer(again, sid);
  EXPECT_EQ(status(sid), call::LegStatus::in_progress);
}

TEST_F(CallsToPages, AnotherDeviceTakesOverWhatRings) {
  Page ringing(*this, "alice");
  const std::string sid = place("alice");
  EXPECT_EQ(ringing.heard(), "invite ");
  Page other(*this);
  other.listen(token_for("alice"));
  other.say(
      "invite",
      {{"callsid", sid}, {"sdp", "a new offer"}, {"reconnect", ringing.last("invite", "/reconnect")}
      }
  );
  EXPECT_EQ(other.heard(), "connected answer ");
  EXPECT_EQ(other.last("answer", "/sdp"), "our answer 2 to a new offer");
  EXPECT_EQ(ringing.heard(), "cancel ");
  peers.connect_all();
  EXPECT_EQ(status(sid), call::LegStatus::in_progress);
}

TEST_F(CallsToPages, DoNotDisturbAPageThatIsCalling) {
  answer_calls_with("<Dial answerOnBridge=\"true\"><Client>bob</Client></Dial>");
  Page bob(*this, "bob");
  Page page(*this, "alice");
  const std::string first = place("alice");
  EXPECT_EQ(page.heard(), "invite ");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(page.heard(), "cancel ringing ringing ") << "`ringing` names no call to the SDK";
  EXPECT_EQ(status(first), call::LegStatus::busy);
  EXPECT_EQ(status(place("alice")), call::LegStatus::no_answer);
  EXPECT_EQ(page.heard(), "");
}

TEST_F(CallsToPages, AreEndedByARestartOfTheServer_RuleR3) {
  call::Attempt attempt;
  attempt.leg_sid = "CA1";
  attempt.state = {{"client", "alice"}};
  struct Told final : call::EndpointListener {
    void on_ringing() override {}
    void on_early_media() override {}
    void on_answered() override {}
    void on_ended(call::Ending ending) override { cause = ending.cause; }
    void on_digit(char) override {}
    void on_state(object) override {}
    void on_trace(std::string, object) override {}
    std::optional<call::HangupCause> cause;
  } told;
  const auto left = signalling.open({call::Party::Kind::client, "alice"}, attempt, told);
  ASSERT_TRUE(left);
  (*left)->dial();
  pass(10ms);
  EXPECT_EQ(told.cause, call::HangupCause::restart);
}

}  // namespace
}  // namespace belfry::compat::twilio::voice_sdk::testing
