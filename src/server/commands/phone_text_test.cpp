#include "server/commands/phone_text.hpp"

#include <gtest/gtest.h>

namespace belfry::server {
namespace {

base::json::value phone() {
  return *base::json::parse(R"({
    "number": "+15551234567", "state": "idle", "rings": 1, "on_call": "answer",
    "calls": [{"call_sid": "CA1", "direction": "inbound", "from": "+1555", "to": "+15551234567",
               "state": "ended", "end_reason": "normal", "digits_heard": "12",
               "heard": [{"at_ms": 20, "text": "Hello\u001b[2J"}], "audio_url": "/sim/audio/CA1"}],
    "messages": [{"from": "+1", "to": "+2", "body": "hi", "at": "2026-01-01T00:00:00.000Z"}]})");
}

TEST(PhoneText, HasOneLinePerPhone) {
  EXPECT_EQ(phone_line(phone()), "+15551234567  idle  on call: answer  rings: 1  calls: 1\n");
}

TEST(PhoneText, TellsWhatAPhoneHeardWithoutDrivingTheTerminal) {
  const std::string story = phone_story(phone());
  EXPECT_NE(story.find("    heard: Hello [2J\n"), std::string::npos) << story;
  EXPECT_NE(story.find("    keys heard: 12\n"), std::string::npos) << story;
  EXPECT_NE(story.find("ended (normal)  CA1\n"), std::string::npos) << story;
  EXPECT_NE(story.find("+1 -> +2  hi\n"), std::string::npos) << story;
}

TEST(PhoneText, ShowsAPhoneThatLacksMembers) {
  EXPECT_EQ(phone_line(base::json::object{}), "    on call:   rings:   calls: 0\n");
}

}  // namespace
}  // namespace belfry::server
