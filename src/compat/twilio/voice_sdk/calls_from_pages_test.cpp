// A page calls: what it is told, and what the application is asked.
#include "compat/twilio/voice_sdk/testing/announcing_network.hpp"

namespace belfry::compat::twilio::voice_sdk::testing {
namespace {

using base::json::object;
using gateway::webrtc::PeerFailure;

struct CallsFromPages : House {
  /// `page` calls and is answered; the call's SID.
  std::string call(Page& page) {
    page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}, {"twilio", object{}}});
    peers.connect_all();
    EXPECT_EQ(page.heard(), "ringing answer ");
    return page.last("answer", "/callsid");
  }
  std::string field(const call::WebRequest& request, std::string_view name) {
    std::string all;
    for (const auto& [key, value] : request.form)
      if (key == name) all += (all.empty() ? "" : "|") + value;
    return all;
  }
  /// Of what reaches that seat in the next second.
  double share_heard_by(call::SeatId seat, double hz) {
    Ear ear;
    const call::TapId tap = plane.add_tap(seat, call::Track::inbound, &ear);
    pass(1s);
    plane.remove_tap(tap);
    if (ear.heard.size() < 4000) return 0;
    return media::tone_share(media::ConstSamples(ear.heard).last(3200), media::narrowband, hz);
  }
  /// The fault that the log tells of; empty: it tells nothing.
  std::string verdict(const std::string& sid) {
    pass(50ms);
    const auto events = wait(store.store->events_of(sid));
    std::string fault;
    for (const call::EventRecord& event : *events)
      if (event.type == "media.ended") fault = event.data.at("audio").at("fault").as_string();
    return fault;
  }
  call::LegRecord leg(const std::string& sid) {
    auto found = wait(store.store->find_leg(sid));
    EXPECT_TRUE(found && *found);
    return **found;
  }
};

TEST_F(CallsFromPages, RunTheApplicationWithTheirParameters) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"20\"/>");
  Page page(*this);
  page.listen(token_for("alice", {{"tier", "gold"}, {"From", "forged"}}));
  EXPECT_EQ(page.heard(), "connected ");
  const std::string parameters = "To=%2B6561234567&tier=tin&note=a%26b%20c&CallSid=forged&empty=";
  page.say(
      "invite", {{"callsid", "TJS1"}, {"sdp", "offer"}, {"twilio", object{{"params", parameters}}}}
  );
  EXPECT_EQ(page.heard(), "ringing answer ");
  EXPECT_EQ(page.last("answer", "/sdp"), "our answer 1 to offer");
  EXPECT_GE(page.last("answer", "/reconnect").size(), 32u);
  ASSERT_EQ(web.asked.size(), 1u);
  const call::WebRequest& asked = web.asked[0];
  EXPECT_EQ(asked.url, "https://app.example/voice");
  EXPECT_EQ(field(asked, "From"), "client:alice");
  EXPECT_EQ(field(asked, "Caller"), "client:alice");
  EXPECT_EQ(field(asked, "To"), "+6561234567");
  EXPECT_EQ(field(asked, "tier"), "gold") << "the token is stronger than the page";
  EXPECT_EQ(field(asked, "note"), "a&b c");
  EXPECT_EQ(field(asked, "CallSid"), page.last("answer", "/callsid"));
  EXPECT_EQ(field(asked, "ApplicationSid"), application_sid);
  EXPECT_EQ(field(asked, "CallStatus"), "ringing");
  EXPECT_EQ(field(asked, "Direction"), "inbound");
}

TEST_F(CallsFromPages, AreAnsweredOnlyWhenTheirMediaIsUp) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"20\"/>");
  Page page(*this, "alice");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(page.heard(), "ringing answer ");
  const std::string sid = page.last("answer", "/callsid");
  EXPECT_EQ(leg(sid).status, call::LegStatus::ringing);
  peers.connect_all();
  pass(50ms);
  EXPECT_EQ(leg(sid).status, call::LegStatus::in_progress);
}

TEST_F(CallsFromPages, EndFromEitherSide) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"1\"/>");
  Page page(*this, "alice");
  std::string sid = call(page);
  pass(2s);
  EXPECT_EQ(page.heard(), "hangup ") << "the document is over";
  EXPECT_EQ(page.last("hangup", "/callsid"), sid);
  EXPECT_EQ(leg(sid).status, call::LegStatus::completed);
  sid = call(page);
  page.say("hangup", {{"callsid", sid}});
  EXPECT_EQ(page.heard(), "");
  EXPECT_EQ(leg(sid).status, call::LegStatus::completed);
  EXPECT_TRUE(peers.open_peers.empty()) << "no media is left";
}

TEST_F(CallsFromPages, AreGivenUpByTheirTemporaryName) {
  answer_calls_with("<Dial answerOnBridge=\"true\"><Client>bob</Client></Dial>");
  Page bob(*this, "bob");
  Page page(*this, "alice");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(bob.heard(), "invite ");
  page.say("hangup", {{"callsid", "TJS1"}});
  EXPECT_EQ(bob.heard(), "cancel ");
  page.say("hangup", {{"callsid", "TJSnever"}});
  page.heard();
  EXPECT_EQ(switchboard->live_legs(), 0u);
}

TEST_F(CallsFromPages, HearItRingBeforeTheAnswerOnBridge) {
  answer_calls_with("<Dial answerOnBridge=\"true\"><Client>bob</Client></Dial>");
  Page bob(*this, "bob");
  Page page(*this, "alice");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(page.heard(), "ringing ringing ");
  EXPECT_EQ(page.last("ringing", "/sdp"), "our answer 1 to offer");
  peers.open_peers.front()->listener.on_connected();
  EXPECT_EQ(bob.heard(), "invite ");
  EXPECT_EQ(bob.last("invite", "/parameters/From"), "client:alice");
  bob.say("answer", {{"callsid", bob.last("invite", "/callsid")}, {"sdp", "answer"}});
  peers.connect_all();
  pass(100ms);
  EXPECT_EQ(page.heard(), "answer ");
  EXPECT_EQ(page.last("answer", "/sdp"), "") << "it has the SDP already";
  page.say("hangup", {{"callsid", page.last("answer", "/callsid")}});
  EXPECT_EQ(bob.heard(), "hangup ");
}

TEST_F(CallsFromPages, AreRefusedWithTheRightCode) {
  Page page(*this, "alice");
  const auto refusal = [&](object payload) {
    payload["callsid"] = "TJS9";
    page.say("invite", std::move(payload));
    return page.heard() + page.last("hangup", "/callsid");
  };
  EXPECT_EQ(refusal({{"sdp", "bad"}}), "hangup(31400) TJS9");
  const std::string long_text = "a=" + std::string(4096, 'x');
  EXPECT_EQ(
      refusal({{"sdp", "offer"}, {"twilio", object{{"params", long_text}}}}), "hangup(31103) TJS9"
  );
  peers.room = 0;
  EXPECT_EQ(refusal({{"sdp", "offer"}}), "hangup(31480) TJS9");
  peers.room = 100;
  ASSERT_TRUE(wait(directory.remove_application(application_sid)));
  EXPECT_EQ(refusal({{"sdp", "offer"}}), "hangup(31001) TJS9");
  switchboard->drain();
  EXPECT_TRUE(peers.open_peers.empty());
}

TEST_F(CallsFromPages, ARejectedCallIsToldSo) {
  answer_calls_with("<Reject reason=\"busy\"/>");
  Page page(*this, "alice");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(page.heard(), "ringing hangup(31486) ");
}

TEST_F(CallsFromPages, GoOnWhenTheSocketComesBack) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  std::optional<Page> first(std::in_place, *this, "alice");
  const std::string sid = call(*first);
  const std::string reconnect = first->last("answer", "/reconnect");
  first->vanish();
  first.reset();
  pass(14s);
  Page second(*this, "alice");
  second.say("invite", {{"callsid", sid}, {"sdp", "local"}, {"reconnect", "a guess"}});
  EXPECT_EQ(second.heard(), "hangup(31209) ");
  second.say("invite", {{"callsid", sid}, {"sdp", "local"}, {"reconnect", reconnect}});
  EXPECT_EQ(second.heard(), "answer ");
  EXPECT_NE(second.last("answer", "/reconnect"), reconnect);
  second.live(30s);
  EXPECT_EQ(leg(sid).status, call::LegStatus::in_progress);
  second.say("hangup", {{"callsid", sid}});
  EXPECT_EQ(leg(sid).status, call::LegStatus::completed);
}

TEST_F(CallsFromPages, AreNobodyElsesToTakeOver) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  Page alice(*this, "alice");
  const std::string sid = call(alice);
  Page mallory(*this, "mallory");
  mallory.say(
      "invite", {{"callsid", sid}, {"sdp", "x"}, {"reconnect", alice.last("answer", "/reconnect")}}
  );
  EXPECT_EQ(mallory.heard(), "hangup(31209) ");
  mallory.say("hangup", {{"callsid", sid}});
  mallory.say("reinvite", {{"callsid", sid}, {"sdp", "x"}});
  mallory.say("dtmf", {{"callsid", sid}, {"dtmf", "1"}});
  EXPECT_EQ(mallory.heard(), "");
  EXPECT_EQ(leg(sid).status, call::LegStatus::in_progress);
}

TEST_F(CallsFromPages, EndWhenTheBrowserIsGoneForGood) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"120\"/>");
  Page page(*this, "alice");
  const std::string sid = call(page);
  page.vanish();
  pass(14s);
  EXPECT_EQ(leg(sid).status, call::LegStatus::in_progress);
  pass(2s);
  EXPECT_EQ(leg(sid).status, call::LegStatus::completed);
  EXPECT_EQ(leg(sid).end_reason, "the browser is gone and did not come back");
}

TEST_F(CallsFromPages, ATabThatIsDeadIsNoticed) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"120\"/>");
  Page page(*this, "alice");
  const std::string sid = call(page);
  pass(18s + 15s + 1s);  // not a word, not even to heartbeats
  EXPECT_EQ(leg(sid).status, call::LegStatus::completed);
  EXPECT_EQ(signalling.devices(), 0u);
}

TEST_F(CallsFromPages, RestartTheirIce) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  Page page(*this, "alice");
  const std::string sid = call(page);
  page.say("reinvite", {{"callsid", sid}, {"sdp", "new credentials"}});
  EXPECT_EQ(page.heard(), "answer ");
  EXPECT_EQ(page.last("answer", "/sdp"), "our answer 1 to new credentials");
  page.say("reinvite", {{"callsid", sid}, {"sdp", "bad"}});
  EXPECT_EQ(page.heard(), "error(31400) ");
}

TEST_F(CallsFromPages, EndWithAWordWhenTheirMediaFails) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  Page page(*this, "alice");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(page.heard(), "ringing answer ");
  peers.fail_all(PeerFailure::never_connected);
  EXPECT_EQ(page.heard(), "hangup(53405) ");
  const std::string sid = call(page);
  peers.fail_all(PeerFailure::consent_lost);
  page.live(10s);
  EXPECT_EQ(leg(sid).status, call::LegStatus::in_progress) << "its ICE may be restarted";
  peers.connect_all();
  page.live(10s);
  EXPECT_EQ(leg(sid).status, call::LegStatus::in_progress);
  peers.fail_all(PeerFailure::consent_lost);
  page.live(16s);
  EXPECT_EQ(page.heard(), "hangup(53405) ");
}

TEST_F(CallsFromPages, ThatAreNotAnsweredForTheirMediaHaveAVerdict) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  Page page(*this, "alice");
  const auto begin = [&] {
    page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
    EXPECT_EQ(page.heard(), "ringing answer ");
    return page.last("answer", "/callsid");
  };
  std::string sid = begin();
  peers.fail_all(PeerFailure::wrong_fingerprint);
  EXPECT_EQ(page.heard(), "hangup(53405) ");
  EXPECT_EQ(verdict(sid), "wrong-fingerprint");
  sid = begin();
  page.live(4s);
  page.say("hangup", {{"callsid", sid}, {"message", "no connection"}});
  EXPECT_EQ(verdict(sid), "never-connected") << "the page gave up before we did";
  sid = begin();
  page.say("hangup", {{"callsid", sid}});
  EXPECT_EQ(verdict(sid), "") << "the person did";
}

TEST_F(CallsFromPages, DigitsByMessageAreKeysLikeOthers) {
  answer_calls_with("<Gather numDigits=\"3\" action=\"/keys\"/>");
  Page page(*this, "alice");
  const std::string sid = call(page);
  page.say("dtmf", {{"callsid", sid}, {"dtmf", "1w2#*"}});
  pass(100ms);
  ASSERT_EQ(web.asked.size(), 2u);
  EXPECT_EQ(field(web.asked[1], "Digits"), "12");
}

TEST_F(CallsFromPages, DigitsByMessageReachTheOtherParty) {
  answer_calls_with("<Dial><Client>bob</Client></Dial>");
  Page bob(*this, "bob");
  Page page(*this, "alice");
  const std::string sid = call(page);
  EXPECT_EQ(bob.heard(), "invite ");
  bob.say("answer", {{"callsid", bob.last("invite", "/callsid")}, {"sdp", "answer"}});
  peers.connect_all();
  pass(200ms);
  Keys heard_by_bob;
  plane.listen(peers.open_peers.back()->seats.phone, &heard_by_bob);
  page.say("dtmf", {{"callsid", sid}, {"dtmf", "4"}});
  // The media tells of a press too: one of both counts.
  plane.play(peers.open_peers.front()->seats.phone, call::DigitsPlayback{"5"});
  pass(100ms);
  page.say("dtmf", {{"callsid", sid}, {"dtmf", "5"}});
  pass(1s);
  EXPECT_EQ(heard_by_bob.keys, "45");
  plane.listen(peers.open_peers.back()->seats.phone, nullptr);
}

TEST_F(CallsFromPages, HearWhatTheOtherNetworkPlaysInPlaceOfOurRinging) {
  AnnouncingNetwork network(store.loop, plane);
  dial_plan.set_fallback(&network);
  answer_calls_with(
      "<Dial answerOnBridge=\"true\" callerId=\"+15550100100\"><Number>+15550001234</Number></Dial>"
  );
  Page page(*this, "alice");
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}});
  EXPECT_EQ(page.heard(), "ringing ringing ");
  EXPECT_EQ(page.last("ringing", "/sdp"), "our answer 1 to offer");
  peers.open_peers.front()->listener.on_connected();
  const call::SeatId ear = peers.open_peers.front()->seats.phone;
  EXPECT_GT(share_heard_by(ear, 440), 0.3) << "our own ringing: 440 and 480 Hz";
  network.announce(1000);
  pass(100ms);
  EXPECT_GT(share_heard_by(ear, 1000), 0.9);
  network.ring();
  EXPECT_GT(share_heard_by(ear, 1000), 0.9) << "our ringing does not come back";
  network.answer();
  pass(100ms);
  EXPECT_EQ(page.heard(), "answer ");
  EXPECT_EQ(page.last("answer", "/sdp"), "");
  EXPECT_GT(share_heard_by(ear, 1000), 0.9);
  page.say("hangup", {{"callsid", page.last("answer", "/callsid")}});
  pass(100ms);
  dial_plan.set_fallback(nullptr);
}

TEST_F(CallsFromPages, ARevokedKeyEndsThem_RuleT1) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  Page page(*this, "alice");
  const std::string sid = call(page);
  ASSERT_TRUE(wait(accounts.remove_key(key_sid)));
  EXPECT_EQ(page.heard(), "hangup(31201) error(31204) ");
  EXPECT_EQ(leg(sid).status, call::LegStatus::completed);
  EXPECT_EQ(signalling.registered_identities(), 0u);
}

TEST_F(CallsFromPages, TellTheirApplicationWhatTheyLike) {
  answer_calls_with("<Say>Hello.</Say><Pause length=\"60\"/>");
  Page page(*this, "alice");
  const std::string sid = call(page);
  const auto subscription =
      signalling.messages().subscribe(sid, "https://app.example/messages", "POST");
  ASSERT_TRUE(subscription);
  object message{
      {"callsid", sid},
      {"content", object{{"hello", "there"}}},
      {"messagetype", "user-defined-message"},
      {"voiceeventsid", "KX1"},
  };
  page.say("message", message);
  EXPECT_EQ(page.heard(), "ack ");
  EXPECT_EQ(page.last("ack", "/voiceeventsid"), "KX1");
  pass(1s);
  ASSERT_EQ(web.asked.size(), 2u);
  EXPECT_EQ(
      web.asked[1].body.find("Content=%7B%22hello%22%3A%22there%22%7D") != std::string::npos, true
  ) << web.asked[1].body;
  message["messagetype"] = "another";
  page.say("message", message);
  EXPECT_EQ(page.heard(), "error(31210) ");
  EXPECT_EQ(page.last("error", "/voiceeventsid"), "KX1");
  message["messagetype"] = "user-defined-message";
  message["content"] = std::string(10'300, 'x');
  page.say("message", message);
  EXPECT_EQ(page.heard(), "error(31212) ");
  const auto told = signalling.tell(sid, R"({"a":1})");
  ASSERT_TRUE(told);
  EXPECT_EQ(page.heard(), "message ");
  EXPECT_EQ(page.last("message", "/content"), R"({"a":1})");
  EXPECT_EQ(page.last("message", "/voiceeventsid"), *told);
  EXPECT_FALSE(signalling.tell("CA0", "1"));
}

}  // namespace
}  // namespace belfry::compat::twilio::voice_sdk::testing
