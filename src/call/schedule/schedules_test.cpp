#include "call/schedule/schedules_for_test.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using namespace std::chrono_literals;
using testing::Process;
using testing::Texts;
using testing::World;

TEST(Schedules, FireAtEachMomentAndTheirJobsAreDone) {
  World world;  // 2026-01-01, midnight
  Process process(world);
  process.start();
  ASSERT_TRUE(process.put("standup", "cron(0 9 * * *)"));
  world.run_for(2 * 24h);
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z"}));
  const auto jobs = world.documents(Job::collection);
  ASSERT_EQ(jobs.size(), 4U);
  EXPECT_EQ(jobs[0].key, "standup@2026-01-01T09:00:00.000Z/ann");
  EXPECT_EQ(Job::from_document(jobs[3]).state, Job::State::done);
  const auto occurrences =
      world.wait(process.schedules->occurrences("standup", std::nullopt, 10)).value();
  ASSERT_EQ(occurrences.size(), 2U);
  EXPECT_EQ(occurrences[0].due, *parse_utc("2026-01-02T09:00:00Z")) << "newest first";
  EXPECT_EQ(occurrences[0].jobs, 2U);
  EXPECT_EQ(process.schedules->find("standup")->fired, 2U);
}

TEST(Schedules, RuleR4OfTwoSchedulersOneFires) {
  World world;
  Process one(world, "one");
  Process two(world, "two");
  one.start();
  ASSERT_TRUE(one.put("a", "rate(10 minutes)"));
  ASSERT_TRUE(one.put("b", "cron(*/15 * * * *)"));
  two.start();
  world.run_for(24h);
  EXPECT_EQ(one.groups.times.size() + two.groups.times.size(), 144U + 96U);
  EXPECT_EQ(world.documents(Occurrence::collection).size(), 144U + 96U);
  EXPECT_EQ(world.documents(Job::collection).size(), 2 * (144U + 96U));
}

TEST(Schedules, RuleR4LateIsFiredInsideTheGraceAndMissedBehindIt) {
  World world;
  {
    Process process(world);
    process.start();
    ASSERT_TRUE(process.put("soon", "cron(0 9 * * *)", 600s));
    ASSERT_TRUE(process.put("patient", "cron(0 9 * * *)", 3600s));
  }
  world.run_for(9h + 30min);
  Process process(world);
  process.start();
  world.run_for(1min);
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-01T09:00:00Z"}));
  EXPECT_EQ(process.groups.lost, (Texts{"2026-01-01T09:00:00Z"}));
  EXPECT_EQ(process.schedules->find("soon")->missed, 1U);
  EXPECT_EQ(process.schedules->find("patient")->fired, 1U);
  const auto missed =
      world.wait(process.schedules->occurrences("", Occurrence::State::missed, 10)).value();
  ASSERT_EQ(missed.size(), 1U);
  EXPECT_EQ(missed[0].schedule_id, "soon");
  EXPECT_EQ(missed[0].reason, "nobody could do it in time");
  world.run_for(24h);
  EXPECT_EQ(process.groups.times.size(), 3U) << "both go on the next day";
}

TEST(Schedules, ALongOutageLeavesTheLastHundredAndACount) {
  World world;
  {
    Process process(world);
    process.start();
    ASSERT_TRUE(process.put("often", "rate(1 minute)", 0s));
  }
  world.run_for(30 * 24h);
  Process process(world);
  process.start();
  world.run_for(1s);
  const auto missed =
      world.wait(process.schedules->occurrences("often", Occurrence::State::missed, 1000)).value();
  std::uint64_t count = 0;
  for (const Occurrence& each : missed) count += each.count;
  const std::uint64_t moments = 30 * 24 * 60;
  EXPECT_GE(count + process.groups.times.size(), moments - 1);
  EXPECT_LE(count + process.groups.times.size(), moments + 1);
  EXPECT_LE(missed.size(), 300U);
  const std::size_t before = process.groups.times.size();
  world.run_for(10min);
  EXPECT_EQ(process.groups.times.size(), before + 10);
}

TEST(Schedules, ADrawnMomentIsKeptUntilItTookPlace) {
  World world;
  std::optional<Process> process(std::in_place, world);
  process->start();
  ASSERT_TRUE(process->put("random", "drawn"));
  const auto first = process->schedules->find("random")->next;
  ASSERT_TRUE(first);
  for (int restart = 0; restart < 5; ++restart) {
    process.reset();
    process.emplace(world);
    process->start();
    world.run_for(5min);
    EXPECT_EQ(process->schedules->find("random")->next, first);
    EXPECT_EQ(process->groups.drawn, 0);
  }
  world.run_for(2h);
  EXPECT_EQ(process->groups.times[0], base::to_rfc3339_seconds(*first));
  EXPECT_EQ(process->groups.drawn, static_cast<int>(process->groups.times.size()));
  const auto next = process->schedules->find("random")->next;
  EXPECT_GT(next, first);
  const auto redrawn = world.wait(process->schedules->redraw("random"));
  ASSERT_TRUE(redrawn);
  EXPECT_NE(redrawn->next, next);
}

TEST(Schedules, AChangeKeepsTheMomentUnlessItTouchesTheRule) {
  World world;
  Process process(world);
  process.start();
  const auto made = process.put("a", "drawn");
  ASSERT_TRUE(made);
  ScheduleTerms renamed{.id = "a", .kind = "group", .name = "Chess"};
  renamed.recurrence.rule = "drawn";
  const auto changed = world.wait(process.schedules->put(renamed));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->name, "Chess");
  EXPECT_EQ(changed->next, made->next);
  EXPECT_EQ(changed->created, made->created);
  renamed.recurrence.rule = "cron(0 9 * * *)";
  const auto ruled = world.wait(process.schedules->put(renamed));
  ASSERT_TRUE(ruled);
  EXPECT_EQ(ruled->next, parse_utc("2026-01-01T09:00:00Z"));
}

TEST(Schedules, WhatFallsInAPauseIsPassedOver) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.put("a", "cron(0 * * * *)"));
  world.run_for(90min);
  ASSERT_TRUE(world.wait(process.schedules->set_paused("a", true)));
  world.run_for(5h);
  ASSERT_TRUE(world.wait(process.schedules->set_paused("a", false)));
  world.run_for(1h);
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-01T01:00:00Z", "2026-01-01T07:00:00Z"}));
  EXPECT_EQ(process.groups.lost, Texts{});
}

TEST(Schedules, RuleR4TheSameRequestRunsOnce) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.put("a", "cron(0 9 * * *)"));
  const auto next = process.schedules->find("a")->next;
  std::vector<Task<Result<Occurrence>>> pressed;
  base::TaskGroup group(world.loop);
  int answered = 0;
  const auto press = [](Schedules& schedules, int& count) -> Task<void> {
    const auto ran = co_await schedules.run_now("a", "request-1");
    EXPECT_TRUE(ran && ran->key() == "a@run-request-1");
    ++count;
  };
  for (int i = 0; i < 8; ++i) group.spawn(press(*process.schedules, answered));
  world.run_for(1min);
  EXPECT_EQ(answered, 8);
  EXPECT_EQ(world.documents(Occurrence::collection).size(), 1U);
  EXPECT_EQ(world.documents(Job::collection).size(), 2U);
  EXPECT_EQ(process.schedules->find("a")->next, next) << "the rule's own moment stays";
}

TEST(Schedules, ARefusalIsMissedAndTroubleIsTriedAgain) {
  World world;
  Process process(world);
  process.start();
  process.groups.trouble = base::Error{Errc::refused, "nobody is in the group"};
  ASSERT_TRUE(process.put("a", "cron(0 9 * * *)"));
  world.run_for(10h);
  const auto missed =
      world.wait(process.schedules->occurrences("a", Occurrence::State::missed, 10)).value();
  ASSERT_EQ(missed.size(), 1U);
  EXPECT_EQ(missed[0].reason, "nobody is in the group");
  process.groups.trouble = base::Error{Errc::unavailable, "the disk is full"};
  world.run_for(23h + 5min);
  EXPECT_EQ(process.groups.times, Texts{});
  process.groups.trouble.reset();
  world.run_for(1min);
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-02T09:00:00Z"}));
  process.groups.trouble = base::Error{Errc::unavailable, "the disk is full"};
  world.run_for(24h + 10min);
  EXPECT_EQ(process.schedules->find("a")->missed, 2U) << "not for longer than its grace";
}

TEST(Schedules, RuleR5ASteppedClockNeverRepeats) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.put("a", "cron(0 * * * *)"));
  world.run_for(3h + 30min);
  EXPECT_EQ(process.groups.times.size(), 3U);
  world.clock.step_wall(-2h);
  world.run_for(2h);
  EXPECT_EQ(process.groups.times.size(), 3U) << "02:00 and 03:00 were there already";
  world.run_for(1h);
  EXPECT_EQ(process.groups.times.size(), 4U);
  world.clock.step_wall(1h);
  world.run_for(1min);
  EXPECT_EQ(process.groups.times.size() + process.groups.lost.size(), 5U);
}

TEST(Schedules, WhatTookPlaceOnceDoesNotUnderANewScheduleOfTheName) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.put("a", "cron(0 * * * *)"));
  world.run_for(90min);
  ASSERT_TRUE(world.wait(process.schedules->remove("a")));
  world.clock.step_wall(-1h);
  ASSERT_TRUE(process.put("a", "cron(0 * * * *)"));
  world.run_for(2h);
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"}));
  EXPECT_EQ(process.groups.lost, Texts{});
}

TEST(Schedules, WorkThatIsThereAlreadyIsMissedAndDoesNotStopTheSchedule) {
  World world;
  Process process(world);
  process.start();
  Job taken;
  taken.id = "a@2026-01-01T01:00:00.000Z/ann";
  taken.kind = "ring";
  ASSERT_TRUE(world.wait(process.jobs->add({taken})));
  ASSERT_TRUE(process.put("a", "cron(0 * * * *)"));
  world.run_for(150min);
  EXPECT_EQ(process.groups.lost, (Texts{"2026-01-01T01:00:00Z"}));
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-01T02:00:00Z"}));
}

TEST(Schedules, SayWhatIsWrong) {
  World world;
  Process process(world);
  process.start();
  EXPECT_EQ(process.put("a b", "cron(0 9 * * *)").error().code, Errc::invalid_argument);
  EXPECT_EQ(process.put("a", "sometimes").error().code, Errc::invalid_argument);
  EXPECT_EQ(
      process.put("a", "at(2025-01-01T00:00:00)").error().message,
      "the rule has no moment in the future"
  );
  ScheduleTerms strange{.id = "a", .kind = "dance"};
  strange.recurrence.rule = "rate(1 hour)";
  EXPECT_EQ(world.wait(process.schedules->put(strange)).error().code, Errc::not_found);
  EXPECT_EQ(world.wait(process.schedules->remove("a")).error().code, Errc::not_found);
  EXPECT_EQ(world.wait(process.schedules->run_now("a", "x")).error().code, Errc::not_found);
}

TEST(Schedules, EndWithTheirLastMomentAndWithTheirRemoval) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.put("once", "at(2026-01-01T02:00:00)"));
  ASSERT_TRUE(process.put("gone", "rate(1 hour)"));
  EXPECT_EQ(process.schedules->preview(*process.schedules->find("gone"), 3).size(), 3U);
  EXPECT_EQ(process.schedules->preview(*process.schedules->find("once"), 3).size(), 1U);
  world.run_for(90min);
  ASSERT_TRUE(world.wait(process.schedules->remove("gone")));
  world.run_for(24h);
  EXPECT_EQ(process.groups.times, (Texts{"2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"}));
  EXPECT_EQ(process.schedules->find("once")->state, Schedule::State::finished);
}

TEST(Schedules, WhatIsCommittedAlongIsThereOrNothingIs) {
  World world;
  Process process(world);
  process.start();
  ScheduleTerms terms{.id = "a", .kind = "group"};
  terms.recurrence.rule = "rate(1 hour)";
  const Document group{.collection = "group", .key = "1"};
  ASSERT_TRUE(world.wait(process.schedules->put(terms, {.new_documents = {group}})));
  terms.id = "b";
  EXPECT_EQ(
      world.wait(process.schedules->put(terms, {.new_documents = {group}})).error().code,
      Errc::conflict
  );
  EXPECT_EQ(process.schedules->find("b"), nullptr);
  terms.id = "a";
  terms.name = "changed";
  EXPECT_EQ(
      world.wait(process.schedules->put(terms, {.new_documents = {group}})).error().code,
      Errc::conflict
  );
  EXPECT_EQ(process.schedules->find("a")->name, "");
}

}  // namespace
}  // namespace belfry::call::schedule
