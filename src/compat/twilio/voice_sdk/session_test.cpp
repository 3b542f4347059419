#include "compat/twilio/voice_sdk/session.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::twilio::voice_sdk {
namespace {

using namespace std::chrono_literals;
using base::json::object;

/// One page and its socket; every answer of the machine is looked at.
struct VoiceSessionTest : testing::Test {
  base::Result<Grant> verify(std::string_view token) {
    if (token == "expired") return base::fail(base::Errc::unauthorized, "expired", 31205);
    if (token == "bad") return base::fail(base::Errc::unauthorized, "bad", 31204);
    Grant grant;
    grant.token.account_sid = "AC1";
    grant.token.identity = token;
    grant.token.may_be_called = token != "mute";
    grant.life = life;
    return grant;
  }
  void say(std::string_view type, object payload) {
    session.handle_frame(
        base::json::serialize(object{{"type", type}, {"payload", std::move(payload)}}), clock.now()
    );
  }
  void listen(std::string_view token) {
    say("listen", {{"token", token}, {"reconnectTimeout", 3}});
  }
  void enlist(bool audio) { say("register", {{"media", object{{"audio", audio}}}}); }
  /// Types of what was sent since the last time, with the code of errors; `.` is a heartbeat.
  std::string sent() {
    std::string all;
    while (const auto frame = session.poll_transmit()) {
      if (!all.empty()) all += ' ';
      const auto message = base::json::parse(*frame);
      if (*frame == "\n") {
        all += '.';
      } else {
        last = *frame;
        all += *base::json::find_string(*message, "type");
        boost::system::error_code none;
        if (const auto* code = message->find_pointer("/payload/error/code", none))
          all += base::json::serialize(*code);
      }
    }
    return all;
  }
  std::string events() {
    std::string all;
    while (const auto event = session.poll_event()) {
      if (std::holds_alternative<Session::Bound>(*event)) all += "bound ";
      if (std::holds_alternative<Session::Unbound>(*event)) all += "unbound ";
      if (std::holds_alternative<Session::Said>(*event)) all += "said ";
      if (std::holds_alternative<Session::Finished>(*event)) all += "finished ";
    }
    return all;
  }
  /// With a page that answers every heartbeat.
  void pass(base::Duration time) {
    const base::Instant end = clock.now() + time;
    while (session.next_timeout() <= end && clock.now() < end) {
      clock.advance_to(session.next_timeout());
      session.handle_timeout(clock.now());
      session.handle_frame("\n", clock.now());
    }
    clock.advance_to(end);
  }

  base::Duration life = 1h;
  std::string last;  // frame that was no heartbeat
  base::VirtualClock clock;
  Session session{[this](std::string_view token) { return verify(token); }, {}, clock.now()};
};

TEST_F(VoiceSessionTest, ListensRegistersAndUnregisters) {
  listen("alice");
  EXPECT_EQ(sent(), "connected");
  EXPECT_EQ(
      last,
      R"({"type":"connected","version":"1.6","payload":{"token":{"identity":"alice","ttl":3600},)"
      R"("edge":"ashburn","region":"us1","home":"us1"}})"
  );
  EXPECT_EQ(session.reconnect_timeout(), 3s);
  EXPECT_EQ(events(), "");
  enlist(true);
  EXPECT_EQ(sent() + events(), "readybound ");
  enlist(true);
  EXPECT_EQ(sent() + events(), "ready") << "a refresh is no news";
  enlist(false);
  EXPECT_EQ(sent() + events(), "offlineunbound ");
  enlist(true);
  EXPECT_EQ(sent() + events(), "readybound ");
}

TEST_F(VoiceSessionTest, EveryListenIsAnswered) {
  listen("alice");
  enlist(true);
  EXPECT_EQ(sent() + events(), "connected readybound ");
  listen("alice");
  EXPECT_EQ(sent() + events(), "connected ready") << "or tokenWillExpire never comes again";
  listen("bob");
  EXPECT_EQ(sent() + events(), "connectedunbound ") << "another identity registers anew";
}

TEST_F(VoiceSessionTest, ARegistrationBeforeTheTokenWaitsForIt) {
  enlist(true);
  EXPECT_EQ(sent() + events(), "");
  listen("alice");
  EXPECT_EQ(sent() + events(), "connected readybound ");
}

TEST_F(VoiceSessionTest, ATokenThatAllowsNoCallsIsReadyAndNeverCalled) {
  listen("mute");
  enlist(true);
  EXPECT_EQ(sent() + events(), "connected ready");
}

TEST_F(VoiceSessionTest, HeartbeatsGoOutEveryTenSeconds) {
  listen("alice");
  EXPECT_EQ(sent(), "connected");
  pass(45s);
  EXPECT_EQ(sent(), ". . . .");
}

TEST_F(VoiceSessionTest, ATabThatSaysNothingIsDeadAfter18Seconds) {
  listen("alice");
  enlist(true);
  sent(), events();
  const base::Instant silent_from = clock.now();
  while (clock.now() < silent_from + 17s) {
    clock.advance(500ms);
    session.handle_timeout(clock.now());
  }
  EXPECT_EQ(sent() + events(), ".");
  clock.advance(1s);
  session.handle_timeout(clock.now());
  EXPECT_EQ(events(), "unbound finished ");
  EXPECT_FALSE(session.bound());
}

TEST_F(VoiceSessionTest, BadTokensKeepTheSocketOpenForAMinute) {
  listen("bad");
  EXPECT_EQ(sent(), "error31204");
  listen("expired");
  EXPECT_EQ(sent(), "error31205");
  pass(59s);
  EXPECT_EQ(events(), "");
  sent();
  pass(1s);
  EXPECT_TRUE(sent().ends_with("close"));
  EXPECT_EQ(events(), "finished ");
}

TEST_F(VoiceSessionTest, AGoodTokenAfterABadOneIsWelcome) {
  listen("bad");
  enlist(true);
  listen("alice");
  EXPECT_EQ(sent() + events(), "error31204 connected readybound ");
  pass(5min);
  EXPECT_EQ(events(), "");
}

TEST_F(VoiceSessionTest, ABadTokenLaterChangesNothing) {
  listen("alice");
  enlist(true);
  sent(), events();
  listen("bad");
  EXPECT_EQ(sent() + events(), "error31204");
  EXPECT_TRUE(session.bound());
}

TEST_F(VoiceSessionTest, SilenceAtTheBeginningEndsAfterFiveSeconds_RuleH4) {
  clock.advance(5s);
  session.handle_timeout(clock.now());
  EXPECT_EQ(sent() + events(), "closefinished ");
}

TEST_F(VoiceSessionTest, AnExpiredTokenIsNotCalledAndMakesNoCalls) {
  life = 100s;
  listen("alice");
  enlist(true);
  sent(), events();
  pass(99s);
  EXPECT_EQ(events(), "");
  pass(2s);
  EXPECT_EQ(events(), "unbound ");
  sent();
  enlist(true);
  EXPECT_EQ(sent(), "error31205");
  say("invite", {{"callsid", "TJS1"}, {"sdp", "v=0"}});
  EXPECT_EQ(sent() + events(), "hangup31205");
  say("hangup", {{"callsid", "CA1"}});
  EXPECT_EQ(sent() + events(), "said ") << "calls that it has go on";
  life = 1h;
  listen("alice");
  EXPECT_EQ(sent() + events(), "connected readybound ");
}

TEST_F(VoiceSessionTest, ASocketWithCallsOutlivesItsToken) {
  life = 20s;
  listen("alice");
  session.set_in_call(true);
  pass(10min);
  EXPECT_EQ(events(), "");
  session.set_in_call(false);
  pass(2min);
  EXPECT_EQ(events(), "finished ");
}

TEST_F(VoiceSessionTest, AWithdrawnKeyEndsTheRegistrationAtOnce_RuleT1) {
  listen("alice");
  enlist(true);
  sent(), events();
  session.withdraw(clock.now());
  EXPECT_EQ(sent() + events(), "error31204unbound ");
  say("invite", {{"callsid", "TJS1"}, {"sdp", "v=0"}});
  EXPECT_EQ(sent() + events(), "error31204");
  listen("alice");
  EXPECT_EQ(sent() + events(), "connected readybound ");
}

TEST_F(VoiceSessionTest, CallsNeedSomebodyWhoHasSaidWhoHeIs) {
  say("invite", {{"callsid", "TJS1"}, {"sdp", "v=0"}});
  EXPECT_EQ(sent() + events(), "error31204");
}

TEST_F(VoiceSessionTest, GarbageIsAnsweredAndDoesNoHarm) {
  listen("alice");
  sent();
  for (const std::string_view frame :
       {"", "{", "[]", "7", R"({"type":7})", R"({"type":"invite","payload":[]})",
        R"({"type":"invite","payload":{"callsid":{}}})", R"({"type":"dtmf","type":"dtmf"})"}) {
    session.handle_frame(frame, clock.now());
    EXPECT_EQ(sent() + events(), "error31400") << frame;
  }
  session.handle_frame(R"({"type":"presence","payload":null})", clock.now());
  EXPECT_EQ(sent() + events(), "") << "types that we do not know are no mistake";
}

TEST_F(VoiceSessionTest, AFloodIsRefused) {
  listen("alice");
  sent();
  for (int i = 0; i < 99; ++i) say("hangup", {{"callsid", "TJS1"}});
  EXPECT_EQ(sent(), "");
  say("hangup", {{"callsid", "TJS1"}});
  EXPECT_EQ(sent(), "error31206");
  clock.advance(1s);
  for (int i = 0; i < 20; ++i) say("hangup", {{"callsid", "TJS1"}});
  EXPECT_EQ(sent(), "");
}

}  // namespace
}  // namespace belfry::compat::twilio::voice_sdk
