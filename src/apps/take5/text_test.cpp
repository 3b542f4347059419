#include <gtest/gtest.h>

#include "apps/take5/call_id.hpp"
#include "apps/take5/moment.hpp"

/// Call ids and moments, as clients write them.
namespace belfry::apps::take5 {
namespace {

std::string read(std::string_view text) {
  const auto moment = parse_moment(text);
  return moment ? base::to_rfc3339(*moment) : "(none)";
}

TEST(Take5CallId, IsMadeOfGroupAndMilliseconds) {
  EXPECT_EQ(make_call_id(1, base::from_unix_micros(1693123456789'999)), "take5-1-1693123456789");
}

TEST(Take5CallId, MatchesThePatternAndNothingElse) {
  EXPECT_TRUE(is_call_id("take5-1-1693123456789"));
  for (const char* text :
       {"", "take5", "take5-1", "take5-1-", "take5--1", "take5-a-1", "take5-1-1x", "Take5-1-1",
        "take5-1-1-1", " take5-1-1", "take5-1-1\n", "call-1-1"})
    EXPECT_FALSE(is_call_id(text)) << text;
  EXPECT_FALSE(is_call_id("take5-1-" + std::string(100, '1')));
}

TEST(Take5Moment, IsReadAsJavaScriptDoes) {
  EXPECT_EQ(read("2025-08-27T10:00:00.000Z"), "2025-08-27T10:00:00.000Z");
  EXPECT_EQ(read("2025-08-27T10:00:00Z"), "2025-08-27T10:00:00.000Z");
  EXPECT_EQ(read("2025-08-27T10:00Z"), "2025-08-27T10:00:00.000Z");
  EXPECT_EQ(read("2025-08-27T10:00:00"), "2025-08-27T10:00:00.000Z");
  EXPECT_EQ(read("2025-08-27"), "2025-08-27T00:00:00.000Z");
  EXPECT_EQ(read("2025-08-27T10:00:00.5+02:00"), "2025-08-27T08:00:00.500Z");
  EXPECT_EQ(read("2025-08-27T23:00:00-0330"), "2025-08-28T02:30:00.000Z");
}

TEST(Take5Moment, MustExist) {
  for (const char* text :
       {"", "tomorrow", "2025-02-30", "2025-13-01", "2025-08-27T24:00:00Z", "2025-08-27T10:60:00Z",
        "2025-08-27T10:00:61Z", "2025-08-27 10:00:00", "2025-08-27T10:00:00.Z",
        "2025-08-27T10:00:00Zx", "2025-08-27T10:00:00+25:00", "20250827T100000Z", "-025-08-27"})
    EXPECT_EQ(read(text), "(none)") << text;
}

}  // namespace
}  // namespace belfry::apps::take5
