#include "twiml/scripted_call.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedCall;
using List = std::vector<std::string>;

/// A gather that listens, with one prompt of a second, then a sentence for those who fall through.
struct ListeningCall : ScriptedCall {
  explicit ListeningCall(const std::string& attributes) {
    voice.understands = true;
    web.serve("https://app.example/ack", "<Response/>");
    play_document(
        "<Gather action='/ack' " + attributes + "><Say>Speak.</Say></Gather><Say>none</Say>"
    );
  }
  bool listens() const { return voice.ears.listener != nullptr; }
  void speaks(bool speaking) {
    ASSERT_TRUE(listens());
    voice.ears.listener->on_speaking(speaking);
    pass(0ms);
  }
  void understood(const std::string& words, double confidence = 0.9) {
    ASSERT_TRUE(listens());
    voice.ears.listener->on_recognized({words, confidence, true});
    pass(0ms);
  }
  void ears_finish() {
    ASSERT_TRUE(listens());
    ASSERT_TRUE(voice.ears.finishing);
    voice.ears.listener->on_recognition_finished();
    pass(0ms);
  }
  bool acted() const { return web.requests.size() > 1; }
  bool fell_through() const { return std::ranges::count(voice.heard, "say none") > 0; }
  std::string result(std::string_view name = "SpeechResult") const {
    return web.parameter(1, name);
  }
};

TEST(GatherSpeech, ASecondOfSilenceEndsTheAnswer) {
  ListeningCall call("input='speech' speechTimeout='auto' hints='yes, no' language='en-GB'");
  EXPECT_EQ(call.voice.ears.terms.hints, (List{"yes", "no"}));
  EXPECT_EQ(call.voice.ears.terms.language, "en-GB");
  call.pass(2s);
  call.speaks(true);
  call.pass(500ms);
  call.speaks(false);
  call.understood("yes");
  call.pass(900ms);
  EXPECT_FALSE(call.voice.ears.finishing);
  call.pass(100ms);
  call.ears_finish();
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.result(), "yes");
  EXPECT_EQ(call.result("Confidence"), "0.9000");
  EXPECT_EQ(call.result("Digits"), "(absent)");
  EXPECT_FALSE(call.listens()) << "the ears go with the verb";
}

TEST(GatherSpeech, SpeechInterruptsThePrompt) {
  ListeningCall call("input='speech' speechTimeout='1'");
  call.pass(300ms);
  call.speaks(true);
  EXPECT_EQ(call.voice.heard, (List{"say Speak.", "cut"}));
}

TEST(GatherSpeech, WithoutBargeInThePromptIsHeardToItsEndFirst) {
  ListeningCall call("input='speech' bargeIn='false'");
  call.pass(900ms);
  EXPECT_FALSE(call.listens());
  call.pass(200ms);
  EXPECT_TRUE(call.listens());
}

TEST(GatherSpeech, SilenceUntilTheTimeoutFallsThrough) {
  ListeningCall call("input='speech' timeout='3'");
  call.pass(3900ms);
  EXPECT_FALSE(call.fell_through());
  call.pass(200ms);
  EXPECT_TRUE(call.fell_through());
  EXPECT_FALSE(call.acted());
}

TEST(GatherSpeech, ActionOnEmptyResultIsToldOfSilence) {
  ListeningCall call("input='speech' timeout='3' actionOnEmptyResult='true'");
  call.pass(5s);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.result(), "");
}

TEST(GatherSpeech, APauseBetweenSentencesIsNoEnd) {
  ListeningCall call("input='speech' speechTimeout='2'");
  call.pass(1s);
  call.speaks(true);
  call.speaks(false);
  call.understood("one", 0.8);
  call.pass(1900ms);
  call.speaks(true);
  call.pass(5s);
  call.speaks(false);
  call.understood("two", 0.6);
  call.pass(2s);
  call.ears_finish();
  EXPECT_EQ(call.result(), "one two");
  EXPECT_EQ(call.result("Confidence"), "0.7000");
}

TEST(GatherSpeech, WhatComesLastIsWaitedFor) {
  ListeningCall call("input='speech' speechTimeout='1'");
  call.pass(1s);
  call.speaks(true);
  call.speaks(false);
  call.pass(10s);
  EXPECT_FALSE(call.acted()) << "the machine is slow, but works on it";
  call.understood("late");
  call.ears_finish();
  EXPECT_EQ(call.result(), "late");
}

TEST(GatherSpeech, NobodySpeaksLongerThanMaxSpeechTime) {
  ListeningCall call("input='speech' maxSpeechTime='10'");
  call.pass(1s);
  call.speaks(true);
  call.pass(9900ms);
  EXPECT_FALSE(call.voice.ears.finishing);
  call.pass(100ms);
  call.understood("and so on");
  call.ears_finish();
  EXPECT_EQ(call.result(), "and so on");
}

TEST(GatherSpeech, ANoiseIsNoAnswerAndItListensOn) {
  ListeningCall call("input='speech' speechTimeout='1' timeout='4'");
  call.pass(1s);
  call.speaks(true);
  call.speaks(false);
  call.understood("", 0);
  call.pass(1s);
  call.ears_finish();
  EXPECT_FALSE(call.acted());
  EXPECT_EQ(call.voice.ears.opened, 2);
  call.pass(3s);
  call.speaks(true);
  call.speaks(false);
  call.understood("hello");
  call.pass(1s);
  call.ears_finish();
  EXPECT_EQ(call.result(), "hello");
}

TEST(GatherSpeech, AKeyWins) {
  ListeningCall call("input='dtmf speech' numDigits='2' speechTimeout='1'");
  call.pass(1s);
  call.speaks(true);
  call.speaks(false);
  call.understood("one");
  call.voice.press("4");
  call.pass(0ms);
  EXPECT_FALSE(call.listens());
  call.voice.press("2");
  call.pass(0ms);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.result("Digits"), "42");
  EXPECT_EQ(call.result(), "(absent)");
}

TEST(GatherSpeech, WithoutDtmfKeysAreNotLookedAt) {
  ListeningCall call("input='speech' timeout='3'");
  call.pass(2s);
  call.voice.press("1");
  call.pass(100ms);
  EXPECT_TRUE(call.listens());
  EXPECT_FALSE(call.acted());
}

TEST(GatherSpeech, EarsThatFailAreSilence) {
  ListeningCall call("input='dtmf speech' timeout='3' numDigits='1'");
  call.pass(2s);
  call.voice.ears.listener->on_recognition_failed({base::Errc::unavailable, "no model"});
  call.pass(0ms);
  EXPECT_EQ(call.voice.warnings(), std::vector<int>{13334});
  call.voice.press("1");
  call.pass(0ms);
  EXPECT_EQ(call.result("Digits"), "1");
}

TEST(GatherSpeech, EarsThatFailWhileSomebodySpeaksLeaveTheTimeout) {
  ListeningCall call("input='speech' timeout='3'");
  call.pass(2s);
  call.speaks(true);
  call.voice.ears.listener->on_recognition_failed({base::Errc::unavailable, "no model"});
  call.pass(2900ms);
  EXPECT_FALSE(call.fell_through());
  call.pass(200ms);
  EXPECT_TRUE(call.fell_through());
}

}  // namespace
}  // namespace belfry::twiml
