#include "server/commands/call_narration.hpp"

#include <gtest/gtest.h>

namespace belfry::server {
namespace {

base::json::value event(std::string_view type, base::json::object data = {}) {
  return base::json::object{{"seq", 1}, {"type", type}, {"data", std::move(data)}};
}

TEST(CallNarration, TellsTheStepsOfACall) {
  EXPECT_EQ(narrate(event("call.ringing")), "ringing");
  EXPECT_EQ(narrate(event("call.in-progress")), "answered");
  EXPECT_EQ(narrate(event("speech.started", {{"text", "Hello"}})), "says: Hello");
  EXPECT_EQ(narrate(event("digit.received", {{"digit", "1"}})), "key pressed: 1");
  EXPECT_EQ(narrate(event("webhook.response", {{"status", 200}})), "web server answered 200");
}

TEST(CallNarration, TellsTheEndWithItsReason) {
  EXPECT_EQ(narrate(event("call.completed", {{"reason", "normal"}})), "completed: normal");
  EXPECT_EQ(narrate(event("call.no-answer", {{"reason", ""}})), "no-answer");
}

TEST(CallNarration, IsSilentAboutWhatOnlyAFlightRecorderNeeds) {
  EXPECT_EQ(narrate(event("speech.finished")), "");
  EXPECT_EQ(narrate(event("twiml.verb", {{"verb", "Say"}})), "");
  EXPECT_EQ(narrate(base::json::value(nullptr)), "");
}

TEST(CallNarration, DoesNotLetAPartyDriveTheTerminal) {
  EXPECT_EQ(narrate(event("speech.started", {{"text", "a\x1b[2Jb\nc"}})), "says: a [2Jb c");
}

TEST(CallNarration, OnlyACompletedCallIsASuccess) {
  EXPECT_EQ(outcome_of(event("call.completed")), CallOutcome::completed);
  for (const char* type : {"call.busy", "call.failed", "call.no-answer", "call.canceled"})
    EXPECT_EQ(outcome_of(event(type)), CallOutcome::failed) << type;
  for (const char* type : {"call.ringing", "call.in-progress", "speech.started"})
    EXPECT_EQ(outcome_of(event(type)), CallOutcome::goes_on) << type;
}

}  // namespace
}  // namespace belfry::server
