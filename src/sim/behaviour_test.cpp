#include "sim/behaviour.hpp"

namespace belfry::sim {
namespace {

Behaviour read(std::string_view text) {
  const auto document = base::json::parse(text);
  auto behaviour = Behaviour::from_json(*document);
  EXPECT_TRUE(behaviour) << (behaviour ? "" : behaviour.error().message);
  return behaviour.value_or(Behaviour{});
}

std::string complaint(std::string_view text) {
  const auto document = base::json::parse(text);
  const auto behaviour = Behaviour::from_json(*document);
  return behaviour ? "" : behaviour.error().message;
}

TEST(Behaviour, IsReadAsDocumentedAndWrittenBack) {
  const std::string text =
      R"({"on_call":"voicemail","answer_after_ms":800,"script":[)"
      R"({"after_speech":true,"press":"1"},{"after_ms":2000,"press":"2#"},{"say":"hello"},)"
      R"({"play":"greeting.wav"},{"tone_hz":4.4E2,"ms":1000},{"hang_up":true}],)"
      R"("network":{"loss":5E-2,"jitter_ms":60,"delay_ms":40,"one_way":"in"}})";
  const Behaviour behaviour = read(text);
  EXPECT_EQ(behaviour.on_call, Behaviour::OnCall::voicemail);
  EXPECT_EQ(behaviour.script.size(), 6U);
  EXPECT_EQ(behaviour.script[1].press, "2#");
  EXPECT_EQ(base::json::serialize(behaviour.to_json()), text);
}

TEST(Behaviour, AnswersAfterOneSecondWhenNothingIsSaid) {
  const Behaviour behaviour = read("{}");
  EXPECT_EQ(behaviour.on_call, Behaviour::OnCall::answer);
  EXPECT_EQ(behaviour.answer_after, std::chrono::seconds(1));
}

TEST(Behaviour, SaysWhatIsWrong) {
  EXPECT_THAT(complaint(R"({"on_call":"maybe"})"), testing::HasSubstr("one of answer, busy"));
  EXPECT_THAT(complaint(R"({"on_cal":"busy"})"), testing::HasSubstr("\"on_cal\""));
  EXPECT_THAT(
      complaint(R"({"answer_after_ms":"soon"})"),
      testing::HasSubstr("answer_after_ms must be a number")
  );
  EXPECT_THAT(complaint(R"({"network":{"loss":2}})"), testing::HasSubstr("loss"));
  EXPECT_THAT(complaint(R"({"script":[{"press":"x"}]})"), testing::HasSubstr("press"));
  EXPECT_THAT(
      complaint(R"({"script":[{"play":"../../etc/passwd"}]})"), testing::HasSubstr("name of a file")
  );
  EXPECT_THAT(complaint("[]"), testing::HasSubstr("object"));
}

}  // namespace
}  // namespace belfry::sim
