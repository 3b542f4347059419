#include "apps/take5/plan.hpp"

#include <gmock/gmock.h>

#include <set>

namespace belfry::apps::take5 {
namespace {

using namespace std::chrono_literals;
using base::WallTime;
using std::chrono::days;
using testing::ElementsAre;

constexpr const char* new_york = "America/New_York";
constexpr const char* los_angeles = "America/Los_Angeles";
constexpr const char* tokyo = "Asia/Tokyo";

WallTime utc(std::chrono::year_month_day date, std::chrono::minutes time = 0min) {
  return WallTime(std::chrono::sys_days(date)) + time;
}
Day day(std::chrono::year_month_day date) {
  return Day(std::chrono::sys_days(date).time_since_epoch());
}
std::string spelled(const std::vector<Stretch>& stretches) {
  std::string text;
  for (const Stretch& stretch : stretches)
    text += base::to_rfc3339_seconds(stretch.from) + "/" + base::to_rfc3339_seconds(stretch.until) +
            " ";
  return text;
}

// --- The hours of a day ---

TEST(Take5Hours, AreThoseOfTheMember) {
  EXPECT_EQ(
      spelled(best_stretches({Cadence::daily, 1, {new_york}}, day(2026y / 1 / 15))),
      "2026-01-15T14:00:00Z/2026-01-16T01:00:00Z "
  );
  EXPECT_EQ(
      spelled(best_stretches({Cadence::monthly, 1, {new_york}}, day(2026y / 1 / 15))),
      "2026-01-15T15:00:00Z/2026-01-15T23:00:00Z "
  );
}

TEST(Take5Hours, MoveWithDaylightSaving) {
  const DrawTerms terms{Cadence::daily, 1, {new_york}};
  EXPECT_EQ(  // clocks go forward at 2:00 on March 8
      spelled(best_stretches(terms, day(2026y / 3 / 8))),
      "2026-03-08T13:00:00Z/2026-03-09T00:00:00Z "
  );
  const DrawTerms fixed{Cadence::daily, 1, {"Etc/GMT+5"}};  // EST has none
  EXPECT_EQ(
      spelled(best_stretches(fixed, day(2026y / 7 / 1))),
      "2026-07-01T14:00:00Z/2026-07-02T01:00:00Z "
  );
}

TEST(Take5Hours, SuitEveryMemberIfTheyCan) {
  const DrawTerms terms{Cadence::daily, 1, {new_york, los_angeles}};
  EXPECT_EQ(
      spelled(best_stretches(terms, day(2026y / 1 / 15))),
      "2026-01-15T17:00:00Z/2026-01-16T01:00:00Z "
  );
  EXPECT_TRUE(suits_everybody(terms, day(2026y / 1 / 15)));
}

TEST(Take5Hours, ElseMostOfThem) {
  // 9 to 20 in Tokyo is 0 to 11 UTC, in London 9 to 20 UTC, in New York 14 to 1 UTC of the next
  // day.
  const DrawTerms terms{Cadence::daily, 1, {"Europe/London", tokyo, new_york}};
  EXPECT_FALSE(suits_everybody(terms, day(2026y / 1 / 15)));
  EXPECT_EQ(
      spelled(best_stretches(terms, day(2026y / 1 / 15))),
      "2026-01-15T00:00:00Z/2026-01-15T01:00:00Z 2026-01-15T09:00:00Z/2026-01-15T11:00:00Z "
      "2026-01-15T14:00:00Z/2026-01-15T20:00:00Z "
  );
}

TEST(Take5Hours, CountMembersNotZones) {
  const DrawTerms terms{Cadence::monthly, 1, {tokyo, tokyo, new_york}};
  EXPECT_EQ(
      spelled(best_stretches(terms, day(2026y / 1 / 15))),
      "2026-01-15T01:00:00Z/2026-01-15T09:00:00Z "
  );
}

TEST(Take5Hours, OfAnUnknownZoneAreUtc) {
  EXPECT_EQ(
      spelled(best_stretches({Cadence::daily, 1, {"Mars/Olympus"}}, day(2026y / 1 / 15))),
      "2026-01-15T09:00:00Z/2026-01-15T20:00:00Z "
  );
}

// --- Drawing ---

struct Drawing : testing::Test {
  base::SeededRandom random{7};
  Plan plan;

  void top_up(const DrawTerms& terms, WallTime now, std::size_t count) {
    plan.top_up(terms, random, now, day_of(terms, now), count);
  }
};

TEST_F(Drawing, DailyIsOnceADayWithinTheHours) {
  const DrawTerms terms{Cadence::daily, 1, {"UTC"}};
  const WallTime now = utc(2026y / 1 / 1, 6h);
  top_up(terms, now, 40);
  ASSERT_EQ(plan.moments().size(), 40U);
  Day expected = day(2026y / 1 / 1);
  for (const WallTime moment : plan.moments()) {
    EXPECT_EQ(day_of(terms, moment), expected);
    const auto time = moment - std::chrono::floor<days>(moment);
    EXPECT_GE(time, 9h);
    EXPECT_LT(time, 20h);
    EXPECT_EQ(time, std::chrono::floor<std::chrono::minutes>(time));
    expected += days(1);
  }
}

TEST_F(Drawing, EveryMinuteOfTheDayCanCome) {
  const DrawTerms terms{Cadence::daily, 1, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1), 10'000);
  std::set<std::chrono::microseconds> times;
  for (const WallTime moment : plan.moments())
    times.insert(moment - std::chrono::floor<days>(moment));
  EXPECT_GT(times.size(), 600U);  // of 660
  EXPECT_EQ(*times.begin(), 9h);
  EXPECT_EQ(*times.rbegin(), 19h + 59min);
}

TEST_F(Drawing, WeeklyHasThatManyDifferentDaysInEachWeek) {
  for (int frequency = 1; frequency <= 7; ++frequency) {
    plan = {};
    const DrawTerms terms{Cadence::weekly, frequency, {los_angeles}};
    top_up(terms, utc(2026y / 1 / 1), static_cast<std::size_t>(frequency) * 10);
    const Day first = day_of(terms, utc(2026y / 1 / 1));
    std::map<std::int64_t, std::set<Day>> weeks;
    for (const WallTime moment : plan.moments()) {
      const Day called = day_of(terms, moment);
      weeks[(called - first).count() / 7].insert(called);
    }
    ASSERT_EQ(weeks.size(), 10U);
    for (const auto& [week, days_called] : weeks)
      EXPECT_EQ(days_called.size(), static_cast<std::size_t>(frequency)) << week;
  }
}

TEST_F(Drawing, MonthlyIsThatOftenInThirtyDays) {
  const DrawTerms terms{Cadence::monthly, 30, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1), 60);
  std::set<Day> called;
  for (const WallTime moment : plan.moments()) called.insert(day_of(terms, moment));
  EXPECT_EQ(called.size(), 60U);
  EXPECT_EQ(*called.rbegin() - *called.begin(), days(59));
}

TEST_F(Drawing, TodayCountsOnlyWhileThereIsTimeLeft) {
  const DrawTerms terms{Cadence::daily, 1, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1, 19h + 30min), 1);
  EXPECT_GT(*plan.next(), utc(2026y / 1 / 1, 19h + 30min));
  EXPECT_LT(*plan.next(), utc(2026y / 1 / 1, 20h));
  plan = {};
  top_up(terms, utc(2026y / 1 / 1, 19h + 59min), 1);
  EXPECT_EQ(day_of(terms, *plan.next()), day(2026y / 1 / 2));
  plan = {};
  const DrawTerms full{Cadence::weekly, 7, {"UTC"}};
  top_up(full, utc(2026y / 1 / 1, 21h), 7);
  EXPECT_EQ(day_of(full, *plan.next()), day(2026y / 1 / 2)) << "a whole week, from tomorrow";
}

TEST_F(Drawing, MomentsStayWhatTheyAre) {
  const DrawTerms terms{Cadence::weekly, 2, {"UTC"}};
  const WallTime now = utc(2026y / 1 / 1);
  top_up(terms, now, 5);
  const auto drawn = plan.moments();
  for (WallTime later = now; later < drawn.front(); later += 5min) top_up(terms, later, 5);
  EXPECT_EQ(plan.moments(), drawn);
  const Plan kept = Plan::from_json(plan.to_json());
  EXPECT_EQ(kept.moments(), drawn);
}

TEST_F(Drawing, WithoutMembersThereIsNothing) {
  top_up({Cadence::daily, 1, {}}, utc(2026y / 1 / 1), 5);
  EXPECT_EQ(plan.next(), std::nullopt);
}

// --- Calls, and calls that were missed ---

TEST_F(Drawing, ACallOfTheDaySettlesItsMoment) {
  const DrawTerms terms{Cadence::daily, 1, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1), 2);
  const auto drawn = plan.moments();
  EXPECT_TRUE(plan.settle(terms, day(2026y / 1 / 1)));
  EXPECT_EQ(plan.next(), drawn[1]);
  EXPECT_FALSE(plan.settle(terms, day(2026y / 1 / 1)));
  top_up(terms, drawn[0], 2);
  EXPECT_THAT(plan.moments(), testing::SizeIs(2));
  EXPECT_EQ(plan.moments()[0], drawn[1]);
}

TEST_F(Drawing, AMissedMomentIsDrawnAgainInItsWindow) {
  const DrawTerms terms{Cadence::weekly, 3, {"UTC"}};
  const WallTime now = utc(2026y / 1 / 1);
  for (int round = 0; round < 200; ++round) {
    plan = {};
    top_up(terms, now, 3);
    const auto before = plan.moments();
    const WallTime missed = before[0];
    const WallTime later = missed + 2h;
    const bool again = plan.redraw(terms, random, later, missed);
    EXPECT_FALSE(plan.has(missed));
    if (!again) continue;
    const auto moments = plan.moments();
    ASSERT_EQ(moments.size(), 3U);
    std::set<Day> called;
    for (const WallTime moment : moments) {
      EXPECT_GT(moment, later);
      EXPECT_LT(day_of(terms, moment), day(2026y / 1 / 8));
      called.insert(day_of(terms, moment));
    }
    EXPECT_EQ(called.size(), 3U);
  }
}

TEST_F(Drawing, AWindowThatIsOverHasNoOtherMoment) {
  const DrawTerms terms{Cadence::daily, 1, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1), 2);
  const auto drawn = plan.moments();
  EXPECT_FALSE(plan.redraw(terms, random, utc(2026y / 1 / 1, 20h), drawn[0]));
  EXPECT_THAT(plan.moments(), ElementsAre(drawn[1]));
}

TEST_F(Drawing, DaysOfCallsAreNotDrawnAgain) {
  const DrawTerms terms{Cadence::weekly, 7, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1), 7);
  const auto drawn = plan.moments();
  plan.settle(terms, day(2026y / 1 / 1));
  EXPECT_FALSE(plan.redraw(terms, random, utc(2026y / 1 / 2, 21h), drawn[1]))
      << "each other day has its call, or had it";
}

TEST_F(Drawing, AfterALongSilenceWindowsBeginToday) {
  const DrawTerms terms{Cadence::weekly, 1, {"UTC"}};
  top_up(terms, utc(2026y / 1 / 1), 1);
  const WallTime later = utc(2026y / 3 / 1);
  ASSERT_FALSE(plan.redraw(terms, random, later, *plan.next()));
  top_up(terms, later, 1);
  EXPECT_GE(*plan.next(), later);
  EXPECT_LT(*plan.next(), later + days(7));
}

TEST(Take5MissedCall, IsMadeUpWithinTheHourAndTheHours) {
  const DrawTerms terms{Cadence::daily, 1, {"UTC"}};
  const WallTime noon = utc(2026y / 1 / 1, 12h);
  EXPECT_TRUE(may_be_made_up(terms, noon, noon));
  EXPECT_TRUE(may_be_made_up(terms, noon, noon + 59min));
  EXPECT_FALSE(may_be_made_up(terms, noon, noon + 60min));
  const WallTime evening = utc(2026y / 1 / 1, 19h + 50min);
  EXPECT_TRUE(may_be_made_up(terms, evening, evening + 9min));
  EXPECT_FALSE(may_be_made_up(terms, evening, evening + 10min));
}

}  // namespace
}  // namespace belfry::apps::take5
