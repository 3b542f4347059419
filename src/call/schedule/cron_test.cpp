#include "call/schedule/cron.hpp"

#include "call/schedule/local_time.hpp"

namespace belfry::call::schedule {
namespace {

/// The first moments of a rule from a time on, as text.
std::vector<std::string> moments(std::string_view rule, std::string_view from, int count = 3) {
  const auto cron = CronRule::parse(rule);
  if (!cron) return {cron.error().message};
  std::vector<std::string> found;
  auto next = cron->next(*parse_local_time(from));
  for (; next && count > 0; --count) {
    found.push_back(to_text(*next));
    next = cron->next(*next + std::chrono::seconds(1));
  }
  return found;
}

using Texts = std::vector<std::string>;

TEST(CronRule, KnowsStarsNumbersListsRangesAndSteps) {
  EXPECT_EQ(
      moments("*/20 * * * *", "2026-01-01T00:01:00"),
      (Texts{"2026-01-01T00:20:00", "2026-01-01T00:40:00", "2026-01-01T01:00:00"})
  );
  EXPECT_EQ(
      moments("5,10 8-9 * * *", "2026-01-01T08:10:00"),
      (Texts{"2026-01-01T08:10:00", "2026-01-01T09:05:00", "2026-01-01T09:10:00"})
  );
  EXPECT_EQ(
      moments("0 10-16/3 * * *", "2026-01-01T11:00:00"),
      (Texts{"2026-01-01T13:00:00", "2026-01-01T16:00:00", "2026-01-02T10:00:00"})
  );
  EXPECT_EQ(
      moments("50/5 0 * * *", "2026-01-01T00:00:00"),
      (Texts{"2026-01-01T00:50:00", "2026-01-01T00:55:00", "2026-01-02T00:50:00"})
  );
}

TEST(CronRule, KnowsNamesInAnyCaseAndSundayAsNullAndSeven) {
  // 1 January 2026 is a Thursday.
  EXPECT_EQ(
      moments("0 9 * * mon-FRI", "2026-01-02T09:00:30"),
      (Texts{"2026-01-05T09:00:00", "2026-01-06T09:00:00", "2026-01-07T09:00:00"})
  );
  const Texts sundays{"2026-01-04T00:00:00", "2026-01-11T00:00:00", "2026-01-18T00:00:00"};
  EXPECT_EQ(moments("0 0 * * 7", "2026-01-01T00:00:00"), sundays);
  EXPECT_EQ(moments("0 0 * * 0", "2026-01-01T00:00:00"), sundays);
  EXPECT_EQ(moments("0 0 * * SUN", "2026-01-01T00:00:00"), sundays);
  EXPECT_EQ(
      moments("0 0 * * 5-7", "2026-01-01T00:00:00"),
      (Texts{"2026-01-02T00:00:00", "2026-01-03T00:00:00", "2026-01-04T00:00:00"})
  );
  EXPECT_EQ(moments("0 0 1 MAR *", "2026-01-01T00:00:00", 1), (Texts{"2026-03-01T00:00:00"}));
}

TEST(CronRule, TakesEitherDayFieldWhenBothAreRestricted) {
  EXPECT_EQ(
      moments("0 0 13 * FRI", "2026-02-01T00:00:00", 5),
      (Texts{
          "2026-02-06T00:00:00", "2026-02-13T00:00:00", "2026-02-20T00:00:00",
          "2026-02-27T00:00:00", "2026-03-06T00:00:00"
      })
  );
  // A step over all days restricts, but begins with a star: then both have to fit.
  EXPECT_EQ(
      moments("0 0 */2 * FRI", "2026-02-01T00:00:00"),
      (Texts{"2026-02-13T00:00:00", "2026-02-27T00:00:00", "2026-03-13T00:00:00"})
  );
}

TEST(CronRule, WaitsForLeapYearsAndGivesUpOnDaysThatNeverCome) {
  EXPECT_EQ(
      moments("0 12 29 2 *", "2026-01-01T00:00:00", 2),
      (Texts{"2028-02-29T12:00:00", "2032-02-29T12:00:00"})
  );
  EXPECT_EQ(moments("0 12 29 2 *", "2097-01-01T00:00:00", 1), (Texts{"2104-02-29T12:00:00"}));
  EXPECT_EQ(moments("0 0 31 2 *", "2026-01-01T00:00:00"), Texts{});
  EXPECT_EQ(
      moments("59 23 31 * *", "2026-03-31T23:59:30", 2),
      (Texts{"2026-05-31T23:59:00", "2026-07-31T23:59:00"})
  );
}

TEST(CronRule, SaysWhatIsWrong) {
  for (const char* rule :
       {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
        "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1, * * * *",
        "-1 * * * *", "1- * * * *", "1/x * * * *", "* * * * MON-", "* * L * *"})
    EXPECT_FALSE(CronRule::parse(rule)) << rule;
  EXPECT_EQ(CronRule::parse("61 * * * *").error().message, "\"61\" is no minute (0 to 59)");
}

}  // namespace
}  // namespace belfry::call::schedule
