#include "call/schedule/call_terms.hpp"

namespace belfry::call::schedule {
namespace {

using base::json::object;
using namespace std::chrono_literals;

TEST(CallTerms, AreTheSameInJson) {
  const object full{
      {"from", "+15550100100"},
      {"url", "https://shop.test/twiml?n={{name}}"},
      {"method", "GET"},
      {"fallback_url", "https://shop.test/other"},
      {"ring_timeout_s", 25},
      {"max_duration_s", 600},
      {"retry", {{"attempts", 3}, {"delay_s", 60}, {"on", {"busy", "no-answer"}}}},
      {"calling_hours", {{"from", "09:00"}, {"until", "20:30"}}}
  };
  const auto terms = CallTerms::from_json(full);
  ASSERT_TRUE(terms) << terms.error().message;
  EXPECT_EQ(terms->ring_timeout, 25s);
  EXPECT_EQ(terms->retry.attempts, 3);
  EXPECT_EQ(terms->hours->until, 20h + 30min);
  const auto again = CallTerms::from_json(terms->to_json());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->to_json(), terms->to_json());
}

TEST(CallTerms, FillInAPartysOwnValuesAsEachPlaceNeedsThem) {
  const Variables variables{{"name", "Ann & Bob <3"}};
  const auto filled = [&](std::string_view way, std::string_view text) {
    const auto terms = CallTerms::from_json({{way, text}}).value();
    return std::string(terms.program_for(variables).parameters.at(way).as_string());
  };
  EXPECT_EQ(filled("say", "Hello {{ name }}, {{nobody}}!"), "Hello Ann & Bob <3, !");
  EXPECT_EQ(filled("twiml", "<Say>{{name}}</Say>"), "<Say>Ann &amp; Bob &lt;3</Say>");
  EXPECT_EQ(filled("url", "http://a.test/?n={{name}}"), "http://a.test/?n=Ann%20%26%20Bob%20%3C3");
  EXPECT_EQ(filled("say", "open {{ and }"), "open {{ and }");
}

TEST(CallTerms, NameTheMemberThatIsWrong) {
  const auto complaint = [](const object& value) {
    const auto terms = CallTerms::from_json(value);
    return terms ? std::string("fine") : terms.error().message;
  };
  EXPECT_EQ(complaint({{"say", "Hi"}}), "fine");
  EXPECT_TRUE(complaint({}).starts_with("exactly one of"));
  EXPECT_TRUE(complaint({{"say", "a"}, {"twiml", "b"}}).starts_with("exactly one of"));
  EXPECT_TRUE(complaint({{"say", 7}}).starts_with("say "));
  EXPECT_TRUE(complaint({{"url", "ftp://a"}}).starts_with("url "));
  EXPECT_TRUE(complaint({{"url", "http://a"}, {"method", "PUT"}}).starts_with("method "));
  EXPECT_TRUE(complaint({{"say", "a"}, {"ring_timeout_s", 0}}).starts_with("ring_timeout_s "));
  EXPECT_TRUE(complaint({{"say", "a"}, {"max_duration_s", "x"}}).starts_with("max_duration_s "));
  EXPECT_TRUE(complaint({{"say", "a"}, {"retry", {{"attempts", 99}}}}).starts_with("attempts "));
  EXPECT_TRUE(complaint({{"say", "a"}, {"retry", {{"on", {"completed"}}}}}).starts_with("retry.on")
  );
  EXPECT_TRUE(complaint({{"say", "a"}, {"calling_hours", {{"from", "9"}, {"until", "10:00"}}}}
  ).starts_with("calling_hours "));
}

TEST(RetryPolicy, CountsAttemptsAndLooksAtTheStatus) {
  const RetryPolicy retry{.attempts = 3, .on = {LegStatus::busy}};
  EXPECT_TRUE(retry.wants_another(LegStatus::busy, 2));
  EXPECT_FALSE(retry.wants_another(LegStatus::busy, 3));
  EXPECT_FALSE(retry.wants_another(LegStatus::no_answer, 1));
  EXPECT_FALSE(RetryPolicy().wants_another(LegStatus::busy, 1));
}

}  // namespace
}  // namespace belfry::call::schedule
