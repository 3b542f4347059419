#include "server/simulation/dial_scene.hpp"

/// What the called hear before they are joined: `url` of a dialled noun.
namespace belfry::server::simulation {
namespace {

using call::LegStatus;

struct Whispering : DialScene {};

TEST_F(Whispering, AWhisperIsHeardByTheCalledBeforeTheyAreJoined) {
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

TEST_F(Whispering, AWhisperThatHangsUpRefuses) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] =
      "<Gather numDigits='1' timeout='3' action='/take'><Say>Press one.</Say></Gather><Hangup/>";
  has(bob, "{}");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
}

TEST_F(Whispering, AWhisperMayAskForAKey) {
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

TEST_F(Whispering, WhoeverRingsOnIsNotDisturbedByARefusal) {
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

TEST_F(Whispering, AWhisperCannotDial) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Dial>+14155550003</Dial>";
  has(bob, "{}");
  call();
  EXPECT_EQ(leg_of(bob).error_code, 13201);
  EXPECT_EQ(words(bob), "We are sorry, an application error has occurred. Goodbye.");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
  EXPECT_TRUE(leg_of(carol).sid.empty());
}

TEST_F(Whispering, HangingUpDuringAWhisperIsARefusal) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Pause length='20'/>";
  has(bob, R"({"script":[{"after_ms":2000,"hang_up":true}]})");
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "false");
}

TEST_F(Whispering, TheCallerMayLeaveDuringAWhisper) {
  dials("<Dial action='/done'><Number url='/whisper'>+14155550002</Number></Dial>");
  documents["/whisper"] = "<Say>One. Two. Three. Four. Five. Six. Seven. Eight. Nine.</Say>";
  has(bob, "{}");
  call(R"({"script":[{"after_ms":2500,"hang_up":true}]})");
  EXPECT_EQ(leg_of(bob).status, LegStatus::completed);
  EXPECT_EQ(posts("/done").size(), 1U);
}

TEST_F(Whispering, KeysAreSentAfterTheAnswerAndBeforeTheWhisper) {
  dials("<Dial><Number sendDigits='ww12#' url='/whisper'>+14155550002</Number></Dial>", "");
  documents["/whisper"] = "<Say>Hello.</Say>";
  has(bob, R"({"script":[{"after_speech":true,"hang_up":true}]})");
  call();
  const base::json::object phone = simulation->phones().phone(bob).to_json();
  EXPECT_EQ(phone.at("calls").as_array().back().at("digits_heard").as_string(), "12#");
  EXPECT_EQ(words(bob), "Hello.");
}

}  // namespace
}  // namespace belfry::server::simulation
