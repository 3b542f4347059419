#include "call/schedule/schedules_for_test.hpp"

namespace belfry::call::schedule {
namespace {

using base::WallTime;
using namespace std::chrono_literals;
using testing::Process;
using testing::World;

struct ScheduleRestarts : ::testing::TestWithParam<int> {};

/// A month with a process that dies at any moment, in the middle of any step.
TEST_P(ScheduleRestarts, ADailyAWeeklyAndAMonthlyOneFireExactlyAsOftenAsTheirRulesSay) {
  World world;
  base::SeededRandom random(static_cast<std::uint64_t>(GetParam()));
  std::optional<Process> process(std::in_place, world);
  process->start();
  ASSERT_TRUE(process->put("daily", "cron(0 9 * * *)", 3600s));
  ASSERT_TRUE(process->put("weekly", "rrule(FREQ=WEEKLY;BYDAY=TU;BYHOUR=9;BYMINUTE=0)", 3600s));
  ASSERT_TRUE(process->put("monthly", "cron(0 9 15 * *)", 3600s));
  base::Duration left = 31 * 24h;
  while (left > 0h) {
    // Near nine o'clock, where there is something to interrupt, or anywhere.
    const auto time_of_day = (world.clock.elapsed() % (24h)).count();
    const base::Duration to_nine = base::Duration((9h).count()) - base::Duration(time_of_day);
    const bool is_near = random.below(2) == 0 && to_nine > 1h;
    base::Duration step = is_near ? to_nine + std::chrono::milliseconds(random.below(50)) - 20ms
                                  : std::chrono::minutes(random.below(12 * 60));
    step = std::min(step, left);
    process->groups.slow = std::chrono::milliseconds(random.below(30));
    world.run_for(step);
    left -= step;
    process.reset();
    const base::Duration outage =
        std::min<base::Duration>(std::chrono::seconds(random.below(1800)), left);
    world.run_for(outage);
    left -= outage;
    process.emplace(world);
    process->start();
  }
  world.run_for(1min);
  std::map<std::string, std::set<WallTime>> fired;
  for (const Document& row : world.documents(Occurrence::collection)) {
    const Occurrence each = Occurrence::from_document(row);
    EXPECT_EQ(each.state, Occurrence::State::fired) << row.key;
    EXPECT_TRUE(fired[each.schedule_id].insert(each.due).second) << row.key;
  }
  EXPECT_EQ(fired["daily"].size(), 31U);
  EXPECT_EQ(fired["weekly"].size(), 4U);
  EXPECT_EQ(fired["monthly"].size(), 1U);
  const auto jobs = world.documents(Job::collection);
  EXPECT_EQ(jobs.size(), 2 * 36U);
  for (const Document& row : jobs)
    EXPECT_EQ(Job::from_document(row).state, Job::State::done) << row.key;
}

INSTANTIATE_TEST_SUITE_P(AtManyMoments, ScheduleRestarts, ::testing::Range(1, 21));

}  // namespace
}  // namespace belfry::call::schedule
