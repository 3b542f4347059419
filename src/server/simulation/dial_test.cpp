#include "server/simulation/dial_scene.hpp"

/// `<Dial>` with telephone numbers, as a caller, the called and an application live through it.
namespace belfry::server::simulation {
namespace {

using call::LegStatus;

struct Dialling : DialScene {
  void dials(const std::string& dial, const std::string& after = "<Say>Goodbye.</Say>") {
    documents["/voice"] = dial + after;
  }
};

constexpr const char* plain = "<Dial action='/done'>+14155550002</Dial>";

TEST_F(Dialling, JoinsTheCallerWithTheCalledAndTellsTheAction) {
  dials(plain);
  documents["/done"] = "<Say>Thank you.</Say>";
  has(bob,
      R"({"script":[{"after_ms":500,"tone_hz":800,"ms":1500},{"after_ms":2000,"hang_up":true}]})");
  call(R"({"script":[{"after_ms":2500,"tone_hz":1300,"ms":1500}]})");
  EXPECT_GT(tone_level(heard(alice), 800), -20);
  EXPECT_GT(tone_level(heard(bob), 1300), -20);
  EXPECT_LT(tone_level(heard(bob), 800), -50) << "no echo";
  const http::Form done = last("/done");
  EXPECT_EQ(done.value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(done.value_or("DialCallSid", ""), leg_of(bob).sid);
  EXPECT_EQ(done.value_or("DialCallDuration", ""), "4");
  EXPECT_EQ(done.value_or("DialBridged", ""), "true");
  EXPECT_EQ(done.value_or("CallStatus", ""), "in-progress");
  EXPECT_EQ(words(alice), "Thank you.") << "the rest of the first document is dead";
  EXPECT_EQ(leg_of(bob).parent_sid, leg_of(alice).sid);
  EXPECT_EQ(leg_of(bob).from, alice);
  EXPECT_EQ(leg_of(alice).status, LegStatus::completed);
}

TEST_F(Dialling, WithoutActionTheNextVerbFollows) {
  dials("<Dial>+14155550002</Dial>");
  has(bob, R"({"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  EXPECT_EQ(words(alice), "Goodbye.");
}

TEST_F(Dialling, TheCallerHearsRinging) {
  dials("<Dial ringTone='uk'>+14155550002</Dial>", "");
  has(bob, R"({"answer_after_ms":6000,"script":[{"after_ms":500,"hang_up":true}]})");
  call();
  EXPECT_GT(tone_level(heard(alice), 400), -30);
  EXPECT_GT(tone_level(heard(alice), 450), -30);
  EXPECT_LT(tone_level(heard(alice), 480), -40) << "not as in the United States";
}

TEST_F(Dialling, TellsWhyNobodyAnswered) {
  const std::pair<const char*, const char*> table[] = {
      {R"({"on_call":"busy"})", "busy"},
      {R"({"on_call":"reject"})", "busy"},
      {R"({"on_call":"no-answer"})", "no-answer"},
      {R"({"on_call":"unreachable"})", "failed"},
  };
  for (const auto& [bobs, status] : table) {
    dials("<Dial action='/done' timeout='10'>+14155550002</Dial>");
    documents["/done"] = "<Say>Nobody.</Say>";
    has(bob, bobs);
    call();
    const http::Form done = last("/done");
    EXPECT_EQ(done.value_or("DialCallStatus", ""), status) << bobs;
    EXPECT_EQ(done.value_or("DialBridged", ""), "false");
    EXPECT_EQ(done.value_or("DialCallDuration", "none"), "none");
    EXPECT_EQ(done.value_or("DialCallSid", ""), leg_of(bob).sid);
  }
}

TEST_F(Dialling, RingsForItsTimeoutAndNotFiveSecondsMore) {
  dials("<Dial timeout='7'>+14155550002</Dial>", "");
  has(bob, R"({"on_call":"person"})");
  call();
  const call::LegRecord rung = leg_of(bob);
  EXPECT_EQ(rung.status, LegStatus::no_answer);
  EXPECT_LE(*rung.ended - rung.created, 7100ms);
  EXPECT_GE(*rung.ended - rung.created, 7s);
}

TEST_F(Dialling, AllRingAtOnceAndTheFirstAnswerWins) {
  dials("<Dial action='/done'><Number>+14155550002</Number><Number>+14155550003</Number></Dial>");
  has(bob, R"({"answer_after_ms":8000})");
  has(carol, R"({"answer_after_ms":2000,"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallSid", ""), leg_of(carol).sid);
  EXPECT_EQ(leg_of(carol).status, LegStatus::completed);
  EXPECT_EQ(leg_of(bob).status, LegStatus::canceled);
  EXPECT_LT(*leg_of(bob).ended, *leg_of(carol).ended);
}

TEST_F(Dialling, OneAfterTheOtherWhenSequential) {
  dials(
      "<Dial action='/done' sequential='true' timeout='6'><Number>+14155550002</Number>"
      "<Number>+14155550003</Number></Dial>"
  );
  has(bob, R"({"on_call":"person"})");
  has(carol, R"({"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  EXPECT_EQ(leg_of(bob).status, LegStatus::no_answer);
  EXPECT_GE(leg_of(carol).created - leg_of(bob).created, 6s);
  EXPECT_EQ(last("/done").value_or("DialCallSid", ""), leg_of(carol).sid);
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
}

TEST_F(Dialling, TheLastOneTriedCountsWhenAllFail) {
  dials(
      "<Dial action='/done' sequential='true'><Number>+14155550002</Number>"
      "<Number>+14155550003</Number></Dial>"
  );
  has(bob, R"({"on_call":"busy"})");
  has(carol, R"({"on_call":"unreachable"})");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "failed");
  EXPECT_EQ(last("/done").value_or("DialCallSid", ""), leg_of(carol).sid);
}

TEST_F(Dialling, AnswerOnBridgeKeepsTheCallerRinging) {
  dials("<Dial answerOnBridge='true'>+14155550002</Dial>", "");
  has(bob, R"({"answer_after_ms":5000,"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  const call::LegRecord first = leg_of(alice);
  const call::LegRecord second = leg_of(bob);
  ASSERT_TRUE(first.answered && second.answered);
  EXPECT_GE(*first.answered, *second.answered);
  EXPECT_LT(*first.answered - *second.answered, 200ms);
}

TEST_F(Dialling, WithoutItTheCallerIsAnsweredAtOnce) {
  dials("<Dial>+14155550002</Dial>", "");
  has(bob, R"({"answer_after_ms":5000,"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  EXPECT_GT(*leg_of(bob).answered - *leg_of(alice).answered, 4s);
}

TEST_F(Dialling, AnswerOnBridgeIsNotAnsweredWhenNobodyIsThere) {
  dials("<Dial answerOnBridge='true'>+14155550002</Dial>", "<Reject/>");
  has(bob, R"({"on_call":"busy"})");
  call();
  EXPECT_FALSE(leg_of(alice).answered);
}

TEST_F(Dialling, AStarOfTheCallerEndsIt) {
  dials("<Dial action='/done' hangupOnStar='true'>+14155550002</Dial>");
  documents["/done"] = "<Say>You pressed star.</Say>";
  has(bob, R"({"script":[{"after_ms":500,"press":"*"}]})");
  call(R"({"script":[{"after_ms":4000,"press":"5"},{"after_ms":500,"press":"*"}]})");
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "answered");
  EXPECT_EQ(words(alice), "You pressed star.");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
  EXPECT_GE(*leg_of(bob).ended - *leg_of(bob).answered, 2s) << "the other side's star is no end";
}

TEST_F(Dialling, ATimeLimitEndsIt) {
  dials("<Dial action='/done' timeLimit='5'>+14155550002</Dial>");
  documents["/done"] = "<Say>Time is up.</Say>";
  has(bob, "{}");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(last("/done").value_or("DialCallDuration", ""), "5");
  EXPECT_EQ(words(alice), "Time is up.");
}

TEST_F(Dialling, ShowsItsCallerId) {
  dials("<Dial callerId='+14155550199'>+14155550002</Dial>", "");
  has(bob, R"({"script":[{"after_ms":500,"hang_up":true}]})");
  call();
  EXPECT_EQ(leg_of(bob).from, "+14155550199");
}

TEST_F(Dialling, ACallerIdThatIsNoNumberIsAWarningAndTheCallersIsShown) {
  dials("<Dial callerId='client:joe'>+14155550002</Dial>", "");
  has(bob, R"({"script":[{"after_ms":500,"hang_up":true}]})");
  call();
  EXPECT_EQ(leg_of(bob).from, alice);
  EXPECT_NE(timeline(leg_of(alice).sid).find("13214"), std::string::npos);
}

TEST_F(Dialling, AClientWithoutDeviceDoesNotAnswerAtOnce) {
  dials("<Dial action='/done' timeout='30'><Client>joe</Client></Dial>");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "no-answer");
  const call::LegRecord rung = leg_of("client:joe");
  EXPECT_LT(*rung.ended - rung.created, 1s);
}

TEST_F(Dialling, NothingToCallIsAFailure) {
  dials("<Dial action='/done'><Number>nonsense</Number></Dial>");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "failed");
}

TEST_F(Dialling, TheStepsOfANounAreReported) {
  dials(
      "<Dial><Number statusCallback='/steps' statusCallbackEvent='initiated ringing answered "
      "completed'>+14155550002</Number></Dial>",
      ""
  );
  has(bob, R"({"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  EXPECT_EQ(said("/steps", "CallStatus"), "initiated ringing in-progress completed");
  EXPECT_EQ(said("/steps", "SequenceNumber"), "0 1 2 3");
  for (const http::Form& step : posts("/steps")) {
    EXPECT_EQ(step.value_or("CallSid", ""), leg_of(bob).sid);
    EXPECT_EQ(step.value_or("ParentCallSid", ""), leg_of(alice).sid);
    EXPECT_EQ(step.value_or("CallbackSource", ""), "call-progress-events");
    EXPECT_EQ(step.value_or("Direction", ""), "outbound-dial");
  }
}

TEST_F(Dialling, TheActionIsToldWhenTheCallerHangsUpAndItsAnswerIsIgnored) {
  dials(plain);
  documents["/done"] = "<Say>Nobody hears this.</Say>";
  has(bob, "{}");
  call(R"({"script":[{"after_ms":4000,"hang_up":true}]})");
  ASSERT_EQ(posts("/done").size(), 1U);
  const http::Form done = last("/done");
  EXPECT_EQ(done.value_or("CallStatus", ""), "completed");
  EXPECT_EQ(done.value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(done.value_or("DialBridged", ""), "true");
  EXPECT_EQ(done.value_or("DialCallDuration", ""), "3");
  EXPECT_EQ(words(alice), "");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
}

TEST_F(Dialling, ACallerWhoGivesUpWhileItRingsCancelsIt) {
  dials(plain);
  has(bob, R"({"on_call":"person"})");
  call(R"({"script":[{"after_ms":3000,"hang_up":true}]})");
  EXPECT_EQ(leg_of(bob).status, LegStatus::canceled);
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "canceled");
  EXPECT_EQ(last("/done").value_or("DialCallSid", ""), leg_of(bob).sid);
}

// --- Whispers ---

TEST_F(Dialling, AWhisperIsHeardByTheCalledBeforeTheyAreJoined) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Say>A customer calls.</Say>";
  has(bob,
      R"({"script":[{"after_speech":true,"tone_hz":800,"ms":1000},{"after_ms":1500,"hang_up":true}]})"
  );
  call();
  EXPECT_EQ(words(bob), "A customer calls.");
  EXPECT_GT(tone_level(heard(alice), 440), -30) << "ringing goes on meanwhile";
  EXPECT_GT(tone_level(heard(alice), 800), -20);
  const http::Form asked = last("/whisper");
  EXPECT_EQ(asked.value_or("CallSid", ""), leg_of(bob).sid);
  EXPECT_EQ(asked.value_or("ParentCallSid", ""), leg_of(alice).sid);
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "true");
}

TEST_F(Dialling, AWhisperThatHangsUpRefuses) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] =
      "<Gather numDigits='1' timeout='3' action='/take'><Say>Press one.</Say></Gather><Hangup/>";
  has(bob, "{}");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
}

TEST_F(Dialling, AWhisperMayAskForAKey) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] =
      "<Gather numDigits='1' timeout='3' action='/take'><Say>Press one.</Say></Gather><Hangup/>";
  documents["/take"] = "<Say>Connecting.</Say>";
  has(bob, R"({"script":[{"after_speech":true,"press":"1"},{"after_ms":4000,"hang_up":true}]})");
  call();
  EXPECT_EQ(last("/take").value_or("Digits", ""), "1");
  EXPECT_EQ(last("/take").value_or("CallSid", ""), leg_of(bob).sid);
  EXPECT_EQ(words(bob), "Press one. Connecting.");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "true");
}

TEST_F(Dialling, WhoeverRingsOnIsNotDisturbedByARefusal) {
  dials(
      "<Dial action='/done'><Number url='/refuse'>+14155550002</Number>"
      "<Number>+14155550003</Number></Dial>"
  );
  documents["/refuse"] = "<Hangup/>";
  has(bob, "{}");
  has(carol, R"({"answer_after_ms":6000,"script":[{"after_ms":1000,"hang_up":true}]})");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallSid", ""), leg_of(carol).sid);
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "true");
}

TEST_F(Dialling, AWhisperCannotDial) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Dial>+14155550003</Dial>";
  has(bob, "{}");
  call();
  EXPECT_EQ(leg_of(bob).error_code, 13201);
  EXPECT_EQ(words(bob), "We are sorry, an application error has occurred. Goodbye.");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
  EXPECT_TRUE(leg_of(carol).sid.empty());
}

TEST_F(Dialling, HangingUpDuringAWhisperIsARefusal) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Pause length='20'/>";
  has(bob, R"({"script":[{"after_ms":2000,"hang_up":true}]})");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
}

TEST_F(Dialling, TheCallerMayLeaveDuringAWhisper) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Say>One. Two. Three. Four. Five. Six. Seven. Eight. Nine.</Say>";
  has(bob, "{}");
  call(R"({"script":[{"after_ms":2500,"hang_up":true}]})");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
  EXPECT_EQ(posts("/done").size(), 1U);
}

TEST_F(Dialling, KeysAreSentAfterTheAnswerAndBeforeTheWhisper) {
  dials("<Dial><Number sendDigits='ww12#' url='/whisper'>+14155550002</Number></Dial>", "");
  documents["/whisper"] = "<Say>Hello.</Say>";
  has(bob, R"({"script":[{"after_speech":true,"hang_up":true}]})");
  call();
  const base::json::object phone = simulation->phones().phone(bob).to_json();
  EXPECT_EQ(phone.at("calls").as_array().back().at("digits_heard").as_string(), "12#");
  EXPECT_EQ(words(bob), "Hello.");
}

// --- Updates while it goes on ---

TEST_F(Dialling, ACallerThatIsRedirectedLeavesAndTheCalledIsHungUp) {
  dials(plain);
  has(bob, "{}");
  start();
  simulation->run_for(4s);
  call::LegUpdate update;
  update.program =
      call::ProgramSpec{"twiml", {{"twiml", "<Response><Say>Somewhere else.</Say></Response>"}}};
  const auto updated = simulation->wait(
      simulation->system().switchboard().update(leg_of(alice).sid, std::move(update))
  );
  ASSERT_TRUE(updated);
  finish();
  EXPECT_EQ(words(alice), "Somewhere else.");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
  EXPECT_TRUE(posts("/done").empty());
}

TEST_F(Dialling, ACalledThatIsRedirectedGoesItsOwnWayAndTheCallerGoesOn) {
  dials(plain);
  documents["/done"] = "<Say>Your partner has left.</Say>";
  has(bob, "{}");
  start();
  simulation->run_for(4s);
  call::LegUpdate update;
  update.program = call::ProgramSpec{
      "twiml", {{"twiml", "<Response><Pause length='8'/><Say>My own.</Say></Response>"}}
  };
  ASSERT_TRUE(simulation->wait(
      simulation->system().switchboard().update(leg_of(bob).sid, std::move(update))
  ));
  finish();
  EXPECT_EQ(words(alice), "Your partner has left.");
  EXPECT_EQ(words(bob), "My own.");
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
}

TEST_F(Dialling, ARedirectionDuringAWhisperTakesTheCalledAway) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Pause length='60'/>";
  has(bob, "{}");
  start();
  simulation->run_for(4s);
  call::LegUpdate update;
  update.program =
      call::ProgramSpec{"twiml", {{"twiml", "<Response><Say>My own.</Say></Response>"}}};
  ASSERT_TRUE(simulation->wait(
      simulation->system().switchboard().update(leg_of(bob).sid, std::move(update))
  ));
  finish();
  EXPECT_EQ(words(bob), "My own.");
  EXPECT_EQ(words(alice), "");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
}

TEST_F(Dialling, OfTwoUpdatesAtTheSameMomentTheLastOneStays) {
  dials("<Pause length='60'/>");
  start();
  simulation->run_for(2s);
  auto& switchboard = simulation->system().switchboard();
  const std::string sid = leg_of(alice).sid;
  std::vector<bool> done;
  for (const char* text : {"First.", "Second."}) {
    call::LegUpdate update;
    update.program = call::ProgramSpec{"twiml", {{"say", text}}};
    const auto ask = [](call::Switchboard& board, std::string leg, call::LegUpdate what,
                        std::vector<bool>& results) -> base::Task<void> {
      const auto result = co_await board.update(std::move(leg), std::move(what));
      results.push_back(result.has_value());
    };
    simulation->spawn(ask(switchboard, sid, std::move(update), done));
  }
  finish();
  EXPECT_EQ(done, (std::vector<bool>{true, true}));
  EXPECT_EQ(words(alice), "Second.");
}

TEST_F(Dialling, UpdatesOfACallThatIsOverAreConflicts) {
  dials("<Hangup/>", "");
  call();
  call::LegUpdate update;
  update.end = call::LegUpdate::End::completed;
  const auto refused =
      simulation->wait(simulation->system().switchboard().update(leg_of(alice).sid, update));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  const auto unknown = simulation->wait(simulation->system().switchboard().update("CA1", update));
  EXPECT_EQ(unknown.error().code, base::Errc::not_found);
}

TEST_F(Dialling, ARingingCalledCanBeCanceledAnAnsweredOneCannot) {
  dials(plain);
  has(bob, R"({"answer_after_ms":4000})");
  start();
  simulation->run_for(2s);
  call::LegUpdate cancel;
  cancel.end = call::LegUpdate::End::canceled;
  auto& switchboard = simulation->system().switchboard();
  const auto answered = simulation->wait(switchboard.update(leg_of(alice).sid, cancel));
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().code, base::Errc::conflict);
  const auto ringing = simulation->wait(switchboard.update(leg_of(bob).sid, cancel));
  ASSERT_TRUE(ringing);
  EXPECT_EQ(ringing->status, LegStatus::canceled);
  finish();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "canceled");
}

TEST_F(Dialling, ATimeLimitCanBeSetWhileItRuns) {
  dials("<Say>Hello.</Say><Pause length='100'/>");
  start();
  simulation->run_for(3s);
  call::LegUpdate update;
  update.time_limit = 10s;
  ASSERT_TRUE(simulation->wait(
      simulation->system().switchboard().update(leg_of(alice).sid, std::move(update))
  ));
  finish();
  const call::LegRecord leg = leg_of(alice);
  EXPECT_EQ(leg.duration_s(*leg.ended), 10);
}

}  // namespace
}  // namespace belfry::server::simulation
