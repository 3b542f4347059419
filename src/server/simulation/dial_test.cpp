#include "server/simulation/dial_scene.hpp"

/// `<Dial>` with telephone numbers, as a caller, the called and an application live through it.
namespace belfry::server::simulation {
namespace {

using call::LegStatus;

struct Dialling : DialScene {};

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

}  // namespace
}  // namespace belfry::server::simulation
