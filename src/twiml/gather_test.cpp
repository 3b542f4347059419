#include "twiml/digit_collector.hpp"
#include "twiml/scripted_call.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedCall;
using List = std::vector<std::string>;

/// A gather with one prompt of a second, then a sentence for those who fall through.
struct GatherCall : ScriptedCall {
  explicit GatherCall(
      const std::string& attributes, const std::string& prompt = "<Say>Press.</Say>"
  ) {
    web.serve("https://app.example/ack", "<Response/>");
    play_document(
        "<Gather action='/ack' " + attributes + ">" + prompt + "</Gather><Say>none</Say>"
    );
  }
  bool acted() const { return web.requests.size() > 1; }
  bool fell_through() const {
    return std::find(voice.heard.begin(), voice.heard.end(), "say none") != voice.heard.end();
  }
  std::string digits() const { return web.parameter(1, "Digits"); }
};

TEST(Gather, AKeyStopsThePromptAtOnce) {
  GatherCall call("numDigits='1'");
  call.pass(300ms);
  call.voice.press("1");
  call.pass(0ms);
  EXPECT_EQ(call.voice.heard, (List{"say Press.", "cut"}));
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.web.requests[1].url, "https://app.example/ack");
  EXPECT_EQ(call.digits(), "1");
  EXPECT_EQ(call.web.parameter(1, "FinishedOnKey"), "");
}

TEST(Gather, TheTimeoutStartsAfterThePromptAndAgainWithEachKey) {
  GatherCall call("timeout='10'");
  call.pass(10'900ms);  // prompt until 1 s
  EXPECT_FALSE(call.fell_through());
  call.voice.press("4");
  call.pass(9'900ms);
  call.voice.press("2");
  call.pass(9'900ms);
  EXPECT_FALSE(call.acted());
  call.pass(200ms);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.digits(), "42");
}

TEST(Gather, WithoutKeysItFallsThroughToTheNextVerb) {
  GatherCall call("timeout='10'");
  call.pass(11s);
  EXPECT_TRUE(call.fell_through());
  call.finish();
  EXPECT_FALSE(call.acted());
  EXPECT_EQ(call.voice.count("gather.result"), 1u);
}

TEST(Gather, ActionOnEmptyResultAsksTheActionInstead) {
  GatherCall call("actionOnEmptyResult='true' method='GET'");
  call.finish();
  EXPECT_FALSE(call.fell_through());
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.digits(), "");
  EXPECT_EQ(call.web.requests[1].method, "GET");
}

TEST(Gather, TheFinishingKeyEndsTheDigitsAndIsNotOneOfThem) {
  GatherCall call("finishOnKey='*'");
  call.pass(2s);
  call.voice.press("1#2*3");
  call.pass(0ms);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.digits(), "1#2");
  EXPECT_EQ(call.web.parameter(1, "FinishedOnKey"), "*");
}

TEST(Gather, TheFinishingKeyAloneIsAnEmptyResult) {
  GatherCall falls("");
  falls.pass(2s);
  falls.voice.press("#");
  falls.pass(0ms);
  EXPECT_TRUE(falls.fell_through());
  GatherCall acts("actionOnEmptyResult='true'");
  acts.pass(2s);
  acts.voice.press("#");
  acts.pass(0ms);
  ASSERT_TRUE(acts.acted());
  EXPECT_EQ(acts.web.parameter(1, "FinishedOnKey"), "#");
}

TEST(Gather, WithAnEmptyFinishOnKeyOnlyTimeEndsIt) {
  GatherCall call("finishOnKey='' timeout='3'");
  call.pass(2s);
  call.voice.press("1#*");
  call.pass(2900ms);
  EXPECT_FALSE(call.acted());
  call.pass(100ms);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.digits(), "1#*");
}

TEST(Gather, FourQuickKeysAreFourDigits) {
  GatherCall call("numDigits='4'");
  call.pass(100ms);
  call.voice.press("9876");
  call.pass(0ms);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.digits(), "9876");
}

TEST(Gather, AKeyInTheMomentInWhichThePromptEndsIsNotLost) {
  GatherCall call("numDigits='1' timeout='5'");
  call.loop.call_at(call.clock.now() + 1s, [&] { call.voice.press("7"); });
  call.pass(1s);
  ASSERT_TRUE(call.acted());
  EXPECT_EQ(call.digits(), "7");
}

TEST(Gather, AKeyInTheMomentOfTheTimeoutCountsOnceOrNotAtAll) {
  GatherCall call("numDigits='1' timeout='5'");
  call.loop.call_at(call.clock.now() + 6s, [&] { call.voice.press("7"); });
  call.pass(6s);
  EXPECT_NE(call.acted(), call.fell_through());
}

TEST(Gather, KeysPressedBeforeItAreDiscarded) {
  ScriptedCall call;
  call.web.serve("https://app.example/ack", "<Response/>");
  call.play_document("<Say>Listen.</Say><Gather action='/ack' numDigits='1' timeout='2'/>");
  call.pass(500ms);
  call.voice.press("5");
  call.pass(1s);
  EXPECT_EQ(call.web.requests.size(), 1u);
  call.voice.press("6");
  call.pass(0ms);
  EXPECT_EQ(call.web.parameter(1, "Digits"), "6");
}

TEST(Gather, WithoutPromptItWaitsFromTheStart) {
  GatherCall call("timeout='2'", "");
  call.pass(1900ms);
  EXPECT_FALSE(call.fell_through());
  call.pass(100ms);
  EXPECT_TRUE(call.fell_through());
}

TEST(Gather, PromptsInOrder) {
  GatherCall call("timeout='1'", "<Say>a</Say><Pause length='2'/><Say>b</Say><Record/>");
  call.finish();
  EXPECT_EQ(call.voice.heard, (List{"say a", "pause 2000", "say b", "say none"}));
  EXPECT_EQ(call.voice.warnings(), std::vector<int>{13320});
}

TEST(Gather, APromptThatCannotBePlayedStopsTheDocument) {
  GatherCall call("", "<Play>/missing.wav</Play>");
  call.finish();
  EXPECT_EQ(call.voice.errors, std::vector<int>{11202});
  EXPECT_FALSE(call.fell_through());
}

TEST(Gather, SpeechAloneBehavesLikeSilence) {
  GatherCall call("input='speech' timeout='3'");
  call.pass(500ms);
  call.voice.press("1");
  call.pass(3400ms);
  EXPECT_FALSE(call.fell_through());
  call.pass(200ms);
  EXPECT_TRUE(call.fell_through());
  EXPECT_EQ(call.voice.warnings(), std::vector<int>{13334});
}

TEST(Gather, WithSpeechAndKeysTheKeysWork) {
  GatherCall call("input='dtmf speech' numDigits='1' timeout='auto'");
  call.pass(500ms);
  call.voice.press("1");
  call.pass(0ms);
  EXPECT_TRUE(call.acted());
}

TEST(Gather, WithoutActionTheCurrentDocumentIsAskedAgain) {
  ScriptedCall call;
  call.web.serve("https://app.example/start", "<Response><Gather numDigits='1'/></Response>");
  call.web.serve("https://app.example/start", "<Response><Hangup/></Response>");
  call.begin();
  call.voice.press("3");
  call.pass(0ms);
  ASSERT_EQ(call.web.requests.size(), 2u);
  EXPECT_EQ(call.web.requests[1].url, "https://app.example/start");
  EXPECT_EQ(call.web.parameter(1, "Digits"), "3");
}

TEST(Gather, AnEmptyAnswerToTheActionEndsTheCallQuietly) {
  GatherCall call("numDigits='1'");
  call.web.answers["https://app.example/ack"][0].body = "";
  call.web.answers["https://app.example/ack"][0].status = 204;
  call.voice.press("1");
  call.finish();
  EXPECT_TRUE(call.ended);
  EXPECT_EQ(call.voice.errors, std::vector<int>{});
}

TEST(DigitCollector, KeepsNoMoreKeysThanAPersonPresses) {
  DigitCollector collector(
      {.timeout = 5s, .finish_on_key = std::nullopt, .num_digits = std::nullopt}
  );
  const base::Instant now{};
  for (int i = 0; i < 5000; ++i) collector.handle_digit('1', now);
  ASSERT_TRUE(collector.outcome());
  EXPECT_EQ(collector.outcome()->digits.size(), 1024u);
  EXPECT_FALSE(collector.next_timeout());
}

}  // namespace
}  // namespace belfry::twiml
