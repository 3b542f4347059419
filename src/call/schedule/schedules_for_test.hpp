#pragma once
#include <gtest/gtest.h>

#include "call/schedule/local_time.hpp"
#include "call/schedule/schedules.hpp"
#include "call/schedule/testing.hpp"

/// A process with schedules of groups whose members are rung.
namespace belfry::call::schedule::testing {

using Texts = std::vector<std::string>;

/// Ends at once; what it did is in the rows.
struct Ringer final : JobHandler {
  explicit Ringer(World& in) : world(in) {}
  std::string_view kind() const override { return "ring"; }
  base::Task<base::Result<JobOutcome>> run(Claim& claim) override {
    Changes taken = claim.take(world.loop.wall_now() + std::chrono::seconds(60), {});
    const base::Result<> begun = co_await world.store->commit(std::move(taken));
    if (!begun) co_return base::fail(begun.error());
    co_return JobOutcome{.word = "completed"};
  }
  World& world;
};

/// Two members are rung at each moment.
struct Groups final : Handler {
  explicit Groups(World& in) : world(in) {}
  std::string_view kind() const override { return "group"; }
  base::Task<std::optional<base::WallTime>> draw_next(Schedule /*schedule*/, base::WallTime after)
      override {
    ++drawn;
    co_return after + std::chrono::minutes(60 + world.random.below(60));
  }
  base::Task<base::Result<Work>> prepare(Schedule schedule, Occurrence occurrence) override {
    if (slow > std::chrono::seconds(0)) co_await base::sleep_for(world.loop, slow);
    if (trouble) co_return base::fail(*trouble);
    Work work;
    for (const char* member : {"/ann", "/bob"}) {
      Job job;
      job.id = occurrence.key() + member;
      job.kind = "ring";
      job.due = occurrence.due;
      work.jobs.push_back(std::move(job));
    }
    work.details = {{"name", schedule.name}};
    co_return work;
  }
  void fired(const Schedule& /*schedule*/, const Occurrence& occurrence) override {
    times.push_back(base::to_rfc3339_seconds(occurrence.due));
  }
  void missed(const Schedule& /*schedule*/, const Occurrence& occurrence) override {
    lost.push_back(base::to_rfc3339_seconds(occurrence.due));
  }

  World& world;
  base::Duration slow{0};
  std::optional<base::Error> trouble;
  int drawn = 0;
  Texts times;
  Texts lost;
};

struct Process {
  explicit Process(World& in, std::string owner = "here") : world(in), ringer(in), groups(in) {
    jobs.emplace(Jobs::Environment{.loop = in.loop, .journal = *in.store, .owner = owner});
    jobs->add_handler(ringer);
    schedules.emplace(Schedules::Environment{in.loop, in.random, *in.store, *jobs});
    schedules->add_handler(groups);
  }
  void start() {
    EXPECT_TRUE(world.wait(jobs->start()));
    EXPECT_TRUE(world.wait(schedules->start()));
  }
  base::Result<Schedule> put(
      std::string id, std::string rule, std::chrono::seconds grace = std::chrono::seconds(600)
  ) {
    ScheduleTerms terms{.id = std::move(id), .kind = "group", .grace = grace};
    terms.recurrence = {.rule = std::move(rule), .zone = "UTC"};
    return world.wait(schedules->put(std::move(terms)));
  }

  World& world;
  Ringer ringer;
  Groups groups;
  std::optional<Jobs> jobs;
  std::optional<Schedules> schedules;
};

}  // namespace belfry::call::schedule::testing
