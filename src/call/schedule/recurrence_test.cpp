#include "call/schedule/recurrence.hpp"

#include "call/schedule/local_time.hpp"

/// Rule R5: what the wall clock says decides, whatever the hour is called this week.
namespace belfry::call::schedule {
namespace {

using Texts = std::vector<std::string>;
using namespace std::chrono_literals;

constexpr const char* new_york = "America/New_York";
constexpr const char* berlin = "Europe/Berlin";
constexpr const char* lord_howe = "Australia/Lord_Howe";

Texts preview(const RecurrenceTerms& terms, std::string_view after, std::size_t count = 3) {
  const auto recurrence = Recurrence::make(terms);
  if (!recurrence) return {recurrence.error().message};
  Texts found;
  for (const base::WallTime each : recurrence->preview(*parse_utc(after), count))
    found.push_back(base::to_rfc3339_seconds(each));
  return found;
}

TEST(Recurrence, KeepsTheWallTimeOverSummerTime) {
  // Summer time begins on 8 March 2026 in New York.
  EXPECT_EQ(
      preview({.rule = "cron(0 9 * * *)", .zone = new_york}, "2026-03-06T15:00:00Z"),
      (Texts{"2026-03-07T14:00:00Z", "2026-03-08T13:00:00Z", "2026-03-09T13:00:00Z"})
  );
  EXPECT_EQ(
      preview({.rule = "cron(0 9 * * *)", .zone = berlin}, "2026-10-24T08:00:00Z"),
      (Texts{"2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z", "2026-10-27T08:00:00Z"})
  );
}

TEST(Recurrence, MovesWhatDoesNotExistForwardByTheGap) {
  EXPECT_EQ(
      preview({.rule = "cron(30 2 * * *)", .zone = new_york}, "2026-03-07T12:00:00Z", 2),
      (Texts{"2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"})
  ) << "03:30 summer time, then 02:30";
  EXPECT_EQ(
      preview({.rule = "cron(30 2 * * *)", .zone = berlin}, "2026-03-28T12:00:00Z", 2),
      (Texts{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"})
  );
  // Half an hour at Lord Howe: 02:00 becomes 02:30 on 4 October 2026, and 02:15 so 02:45.
  EXPECT_EQ(
      preview({.rule = "cron(15 2 * * *)", .zone = lord_howe}, "2026-10-03T00:00:00Z", 2),
      (Texts{"2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"})
  );
  EXPECT_EQ(
      preview({.rule = "at(2026-03-08T02:30:00)", .zone = new_york}, "2026-01-01T00:00:00Z"),
      (Texts{"2026-03-08T07:30:00Z"})
  );
}

TEST(Recurrence, TakesTheFirstOfTwoAndNotTheSecond) {
  // 01:30 comes twice on 1 November 2026 in New York.
  EXPECT_EQ(
      preview({.rule = "cron(30 1 * * *)", .zone = new_york}, "2026-10-31T12:00:00Z", 2),
      (Texts{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"})
  );
  EXPECT_EQ(
      preview({.rule = "cron(30 2 * * *)", .zone = berlin}, "2026-10-25T00:30:00Z", 1),
      (Texts{"2026-10-26T01:30:00Z"})
  ) << "asked between the two";
  EXPECT_EQ(
      preview({.rule = "cron(45 1 * * *)", .zone = lord_howe}, "2026-04-04T00:00:00Z", 2),
      (Texts{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"})
  );
}

TEST(Recurrence, IsInOrderAndWithoutRepetitionBehindAGap) {
  // 02:00 and 02:30 move to 03:00 and 03:30, which are there already.
  EXPECT_EQ(
      preview({.rule = "cron(0,30 1-3 * * *)", .zone = new_york}, "2026-03-08T06:00:00Z", 4),
      (Texts{
          "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z",
          "2026-03-09T05:00:00Z"
      })
  );
  // 02:45 moves behind 03:15.
  EXPECT_EQ(
      preview(
          {.rule = "rrule(FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,45)",
           .zone = new_york,
           .start = *parse_utc("2026-03-07T05:00:00Z")},
          "2026-03-08T06:00:00Z", 3
      ),
      (Texts{"2026-03-08T07:15:00Z", "2026-03-08T07:45:00Z", "2026-03-09T06:15:00Z"})
  );
}

TEST(Recurrence, EveryMinuteOfAYearIsInOrderAnywhere) {
  for (const char* zone : {new_york, berlin, lord_howe, "Pacific/Apia", "UTC"}) {
    const auto recurrence = Recurrence::make({.rule = "cron(*/10 * * * *)", .zone = zone}).value();
    base::WallTime at = *parse_utc("2026-01-01T00:00:00Z");
    const base::WallTime end = *parse_utc("2027-01-01T00:00:00Z");
    int moments = 0;
    while (at < end) {
      const auto next = recurrence.next(at);
      ASSERT_TRUE(next && *next > at) << zone << base::to_rfc3339(at);
      ASSERT_LE(*next - at, 70min) << zone << base::to_rfc3339(at);
      at = *next;
      ++moments;
    }
    EXPECT_GE(moments, 365 * 144 - 6) << zone;
    EXPECT_LE(moments, 365 * 144) << zone;
  }
}

TEST(Recurrence, ARateCountsElapsedTimeFromItsStart) {
  const RecurrenceTerms hourly{
      .rule = "rate(90 minutes)", .zone = new_york, .start = *parse_utc("2026-03-08T05:00:00Z")
  };
  EXPECT_EQ(
      preview(hourly, "2026-03-01T00:00:00Z"),
      (Texts{"2026-03-08T05:00:00Z", "2026-03-08T06:30:00Z", "2026-03-08T08:00:00Z"})
  );
  EXPECT_EQ(preview(hourly, "2026-03-08T06:30:00Z", 1), (Texts{"2026-03-08T08:00:00Z"}));
  EXPECT_EQ(
      preview({.rule = "rate(1 day)"}, "1970-01-01T00:00:00Z", 1), (Texts{"1970-01-02T00:00:00Z"})
  );
}

TEST(Recurrence, KnowsCalendarRules) {
  const base::WallTime start = *parse_utc("2026-01-05T14:00:00Z");  // nine in the morning, a Monday
  EXPECT_EQ(
      preview(
          {.rule = "rrule(FREQ=WEEKLY;BYDAY=MO,WE)", .zone = new_york, .start = start},
          "2026-10-27T00:00:00Z"
      ),
      (Texts{"2026-10-28T13:00:00Z", "2026-11-02T14:00:00Z", "2026-11-04T14:00:00Z"})
  );
  EXPECT_EQ(
      preview(
          {.rule = "rrule(FREQ=MONTHLY;BYDAY=-1FR)", .zone = new_york, .start = start},
          "2026-01-05T14:00:00Z"
      ),
      (Texts{"2026-01-30T14:00:00Z", "2026-02-27T14:00:00Z", "2026-03-27T13:00:00Z"})
  );
  EXPECT_EQ(
      preview(
          {.rule = "rrule(FREQ=WEEKLY;INTERVAL=2)", .zone = new_york, .start = start},
          "2026-02-03T00:00:00Z"
      ),
      (Texts{"2026-02-16T14:00:00Z", "2026-03-02T14:00:00Z", "2026-03-16T13:00:00Z"})
  );
  EXPECT_EQ(
      preview(
          {.rule = "rrule(FREQ=DAILY;COUNT=3)", .zone = new_york, .start = start},
          "2026-01-06T14:00:00Z"
      ),
      (Texts{"2026-01-07T14:00:00Z"})
  );
  EXPECT_EQ(
      preview(
          {.rule = "rrule(FREQ=DAILY;UNTIL=20260107T140000Z)", .zone = new_york, .start = start},
          "2026-01-05T14:00:00Z", 9
      ),
      (Texts{"2026-01-06T14:00:00Z", "2026-01-07T14:00:00Z"})
  );
}

/// The library may begin an iteration in the middle; it must not count its intervals from there.
TEST(Recurrence, ACalendarRuleSaysTheSameWhereverOneAsks) {
  for (const char* rule :
       {"rrule(FREQ=DAILY;INTERVAL=3)", "rrule(FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU)",
        "rrule(FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1)",
        "rrule(FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29)",
        "rrule(FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1)", "rrule(FREQ=HOURLY;INTERVAL=7)",
        "rrule(FREQ=YEARLY;INTERVAL=2;BYWEEKNO=20;BYDAY=MO)"}) {
    const RecurrenceTerms terms{
        .rule = rule, .zone = berlin, .start = *parse_utc("2025-01-31T08:00:00Z")
    };
    const auto recurrence = Recurrence::make(terms).value();
    const auto all = recurrence.preview(terms.start - 1s, 40);
    ASSERT_EQ(all.size(), 40U) << rule;
    for (std::size_t i = 1; i < all.size(); ++i) {
      EXPECT_EQ(recurrence.next(all[i - 1]), all[i]) << rule;
      EXPECT_EQ(recurrence.next(all[i] - 1s), all[i]) << rule;
    }
  }
}

TEST(Recurrence, PostponesToTheEndOfQuietHoursOrSkips) {
  RecurrenceTerms terms{.rule = "cron(0 */6 * * *)", .zone = berlin};
  terms.quiet = QuietHours{.from = 21h, .until = 8h};
  EXPECT_EQ(
      preview(terms, "2026-01-01T04:00:00Z", 4), (Texts{
                                                     "2026-01-01T07:00:00Z", "2026-01-01T11:00:00Z",
                                                     "2026-01-01T17:00:00Z", "2026-01-02T07:00:00Z"
                                                 })
  ) << "midnight and six in the morning wait for eight";
  terms.quiet->then = QuietHours::Then::skip;
  EXPECT_EQ(
      preview(terms, "2026-01-01T04:00:00Z", 3),
      (Texts{"2026-01-01T11:00:00Z", "2026-01-01T17:00:00Z", "2026-01-02T11:00:00Z"})
  );
  terms.rule = "cron(0 3 * * *)";
  EXPECT_EQ(preview(terms, "2026-01-01T04:00:00Z"), Texts{}) << "never";
}

TEST(Recurrence, EndsBeforeItsEndAndBeginsAtItsStart) {
  const RecurrenceTerms terms{
      .rule = "cron(0 0 * * *)",
      .start = *parse_utc("2026-02-01T00:00:00Z"),
      .end = *parse_utc("2026-02-03T00:00:00Z")
  };
  EXPECT_EQ(
      preview(terms, "2026-01-01T00:00:00Z", 9),
      (Texts{"2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"})
  );
}

TEST(Recurrence, ADrawnOneHasNoMomentsOfItsOwn) {
  const auto recurrence = Recurrence::make({.rule = "drawn",
                                            .zone = berlin,
                                            .quiet = QuietHours{.from = 20h, .until = 9h}})
                              .value();
  EXPECT_TRUE(recurrence.is_drawn());
  EXPECT_FALSE(recurrence.next(*parse_utc("2026-01-01T00:00:00Z")));
  EXPECT_EQ(
      recurrence.admit(*parse_utc("2026-01-01T20:00:00Z")), *parse_utc("2026-01-02T08:00:00Z")
  );
}

TEST(Recurrence, KeepsItsTermsInJson) {
  const RecurrenceTerms terms{
      .rule = "cron(0 9 * * *)",
      .zone = berlin,
      .start = *parse_utc("2026-02-01T00:00:00Z"),
      .end = *parse_utc("2027-02-01T00:00:00Z"),
      .quiet = QuietHours{.from = 20h, .until = 9h, .then = QuietHours::Then::skip}
  };
  EXPECT_EQ(RecurrenceTerms::from_json(terms.to_json()), terms);
  EXPECT_EQ(RecurrenceTerms::from_json(RecurrenceTerms{}.to_json()), RecurrenceTerms{});
}

TEST(Recurrence, SaysWhatIsWrong) {
  for (const char* rule :
       {"", "daily", "cron()", "cron(* * * *)", "rate(0 minutes)", "rate(5)", "rate(5 weeks)",
        "rate(minutes)", "rrule(FREQ=NEVER)", "rrule(FREQ=SECONDLY)", "rrule(FREQ=MINUTELY)",
        "rrule(BYDAY=MO)", "at(tomorrow)", "at(2026-02-30T00:00:00)", "at(2026-02-03T24:00:00)",
        "cron(* * * * *", "drawn()"})
    EXPECT_FALSE(Recurrence::make({.rule = rule})) << rule;
  EXPECT_FALSE(Recurrence::make({.rule = "drawn", .zone = "Mars/Olympus"}));
}

}  // namespace
}  // namespace belfry::call::schedule
