#include "call/schedule/jobs.hpp"

#include "base/random.hpp"
#include "call/schedule/testing.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using base::WallTime;
using namespace std::chrono_literals;
using testing::World;

/// Does jobs as the test says, and writes down which.
struct Worker final : JobHandler {
  explicit Worker(World& in) : world(in) {}
  std::string_view kind() const override { return "work"; }
  Task<Result<JobOutcome>> run(Claim& claim) override {
    if (claim.is_resumed()) ++resumed;
    Changes taken = claim.take(world.loop.wall_now() + lease, {{"step", 1}});
    // The deed: it is there exactly when the claim is.
    Document deed{
        .collection = "deed", .key = claim.job().id + "#" + std::to_string(claim.job().attempts)
    };
    taken.documents.push_back(deed);
    const Result<> begun = co_await world.store->commit(std::move(taken));
    if (!begun) co_return base::fail(begun.error());
    begun_at.emplace_back(claim.job().id, world.clock.elapsed());
    co_await base::sleep_for(world.loop, takes);
    if (claim.job().attempts < attempts)
      co_return JobOutcome{
          .state = Job::State::queued, .word = "again", .again = world.loop.wall_now() + 60s
      };
    co_return JobOutcome{.word = "completed", .result = {{"sum", 3}}};
  }
  void settled(const Job& job) override { ended.push_back(job.id); }

  World& world;
  base::Duration takes = 1s;
  std::chrono::seconds lease{30};
  int attempts = 1;
  int resumed = 0;
  std::vector<std::pair<std::string, base::Duration>> begun_at;
  std::vector<std::string> ended;
};

/// One process: it can be killed where it stands.
struct Process {
  explicit Process(World& in, std::string owner = "here") : world(in), worker(in) {
    jobs.emplace(Jobs::Environment{.loop = in.loop, .journal = *in.store, .owner = owner});
    jobs->add_handler(worker);
  }
  void start() { EXPECT_TRUE(world.wait(jobs->start())); }
  Result<> add(std::vector<Job> list) { return world.wait(jobs->add(std::move(list))); }
  Job find(const std::string& id) { return world.wait(jobs->find(id)).value().value(); }

  World& world;
  Worker worker;
  std::optional<Jobs> jobs;
};

Job job(World& world, std::string id, std::chrono::seconds in = 0s, std::string lane = {}) {
  Job made;
  made.id = std::move(id);
  made.kind = "work";
  made.lane = std::move(lane);
  made.due = world.loop.wall_now() + in;
  return made;
}

using Names = std::vector<std::string>;

TEST(Jobs, BeginWhenTheyAreDueInOrderAndEndOnce) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.add({job(world, "b", 20s), job(world, "a", 10s), job(world, "c", 3600s)}));
  world.run_for(30s);
  EXPECT_EQ(process.worker.ended, (Names{"a", "b"}));
  EXPECT_GE(process.worker.begun_at[0].second, 10s);
  EXPECT_LT(process.worker.begun_at[0].second, 11s);
  const Job done = process.find("a");
  EXPECT_EQ(done.state, Job::State::done);
  EXPECT_EQ(done.outcome, "completed");
  EXPECT_EQ(done.attempts, 1);
  EXPECT_EQ(done.result.at("sum"), 3);
  EXPECT_EQ(process.jobs->waiting(), 1U);
}

TEST(Jobs, RuleR4OneIdIsOneJob) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.add({job(world, "a")}));
  const auto again = process.add({job(world, "b"), job(world, "a")});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  world.run_for(1h);
  EXPECT_EQ(process.add({job(world, "a")}).error().code, Errc::conflict) << "also when it is over";
  world.run_for(1h);
  EXPECT_EQ(process.worker.ended, (Names{"a"})) << "nothing of the refused ones";
}

TEST(Jobs, AreTriedAgainAsTheirHandlerWants) {
  World world;
  Process process(world);
  process.worker.attempts = 3;
  process.start();
  ASSERT_TRUE(process.add({job(world, "a")}));
  world.run_for(90s);
  EXPECT_EQ(process.find("a").state, Job::State::queued);
  EXPECT_EQ(process.find("a").attempts, 2);
  world.run_for(90s);
  EXPECT_EQ(process.find("a").attempts, 3);
  EXPECT_EQ(process.worker.ended, (Names{"a"}));
}

TEST(Jobs, AreMissedWhenTheyCouldNotBeginInTime) {
  World world;
  Job late = job(world, "late", 10s);
  late.expires = late.due + 60s;
  Job in_time = late;
  in_time.id = "in-time";
  in_time.expires = late.due + 10min;
  {
    Process process(world);
    ASSERT_TRUE(process.add({late, in_time}));
  }
  world.run_for(5min);  // nobody is there
  Process process(world);
  process.start();
  world.run_for(1min);
  EXPECT_EQ(process.find("late").state, Job::State::missed);
  EXPECT_EQ(process.find("late").attempts, 0);
  EXPECT_EQ(process.find("in-time").state, Job::State::done);
}

TEST(Jobs, OfTwoClaimersOneGetsIt) {
  World world;
  Process one(world, "one");
  Process two(world, "two");
  std::vector<Job> list;
  for (int i = 0; i < 50; ++i) list.push_back(job(world, "j" + std::to_string(i), 1s * i));
  ASSERT_TRUE(one.add(list));
  one.start();
  two.start();
  world.run_for(5min);
  EXPECT_EQ(world.documents("deed").size(), 50U) << "each was begun once, by one of them";
  EXPECT_EQ(one.worker.ended.size() + two.worker.ended.size(), 50U);
  EXPECT_FALSE(one.worker.ended.empty());
}

TEST(Jobs, AnotherTakesOverWhenTheLeaseIsOverAndNotBefore) {
  World world;
  {
    Process dead(world, "one");
    dead.worker.takes = 1h;
    dead.start();
    ASSERT_TRUE(dead.add({job(world, "a")}));
    world.run_for(1s);
    EXPECT_EQ(dead.find("a").state, Job::State::leased);
  }
  Process other(world, "two");
  other.start();
  world.run_for(20s);
  EXPECT_EQ(other.find("a").owner, "one");
  world.run_for(15s);
  EXPECT_EQ(other.find("a").state, Job::State::done);
  EXPECT_EQ(other.worker.resumed, 1);
  EXPECT_EQ(other.find("a").attempts, 1) << "it goes on, it does not begin again";
}

TEST(Jobs, WhoLostTheLeaseCannotEndTheJob) {
  World world;
  Process slow(world, "one");
  slow.worker.takes = 100s;
  slow.start();
  ASSERT_TRUE(slow.add({job(world, "a")}));
  world.run_for(1s);
  Process other(world, "two");
  other.worker.takes = 200s;
  other.worker.lease = 300s;
  other.start();
  world.run_for(10min);
  EXPECT_EQ(slow.worker.ended, Names{});
  EXPECT_EQ(other.worker.ended, (Names{"a"}));
}

TEST(Jobs, ARestartGoesOnAtOnce) {
  World world;
  {
    Process dead(world);
    dead.worker.takes = 1h;
    dead.start();
    ASSERT_TRUE(dead.add({job(world, "a"), job(world, "b", 20s)}));
    world.run_for(1s);
  }
  Process again(world);
  again.start();
  world.run_for(2s);
  EXPECT_EQ(again.find("a").state, Job::State::done);
  EXPECT_EQ(again.worker.resumed, 1);
  world.run_for(30s);
  EXPECT_EQ(again.worker.ended, (Names{"a", "b"}));
  EXPECT_EQ(world.documents("deed").size(), 2U);
}

TEST(Jobs, KeepThePaceOfTheirLane) {
  World world;
  Process process(world);
  process.worker.takes = 10s;
  process.start();
  process.jobs->set_pace("campaign", {.per_second = 2, .at_once = 5});
  std::vector<Job> list;
  for (int i = 0; i < 12; ++i)
    list.push_back(job(world, "j" + std::string(1, static_cast<char>('a' + i)), 0s, "campaign"));
  ASSERT_TRUE(process.add(list));
  world.run_for(4s);
  EXPECT_EQ(process.worker.begun_at.size(), 5U) << "five at most";
  EXPECT_EQ(process.jobs->running("campaign"), 5U);
  const auto gap = process.worker.begun_at[1].second - process.worker.begun_at[0].second;
  EXPECT_GE(gap, 490ms);
  EXPECT_LE(gap, 510ms);
  world.run_for(60s);
  EXPECT_EQ(process.worker.ended.size(), 12U);
}

TEST(Jobs, APausedLaneBeginsNothingAndOthersGoOn) {
  World world;
  Process process(world);
  process.start();
  process.jobs->set_pace("slow", {.paused = true});
  ASSERT_TRUE(process.add({job(world, "a", 0s, "slow"), job(world, "b")}));
  world.run_for(1h);
  EXPECT_EQ(process.worker.ended, (Names{"b"}));
  process.jobs->set_pace("slow", {});
  world.run_for(1min);
  EXPECT_EQ(process.worker.ended, (Names{"b", "a"}));
}

TEST(Jobs, CanBeCanceledUntilTheyBegin) {
  World world;
  Process process(world);
  process.worker.takes = 1min;
  process.start();
  ASSERT_TRUE(process.add(
      {job(world, "a", 0s, "lane"), job(world, "b", 1h, "lane"), job(world, "c", 2h, "lane"),
       job(world, "d", 1h)}
  ));
  world.run_for(1s);
  EXPECT_EQ(world.wait(process.jobs->cancel("a")).error().code, Errc::conflict);
  EXPECT_EQ(world.wait(process.jobs->cancel("x")).error().code, Errc::not_found);
  EXPECT_EQ(world.wait(process.jobs->cancel_lane("lane")).value(), 2U);
  EXPECT_EQ(process.find("b").state, Job::State::canceled);
  EXPECT_TRUE(world.wait(process.jobs->cancel("d")));
  world.run_for(3h);
  EXPECT_EQ(process.worker.ended, (Names{"a"}));
}

TEST(Jobs, OfAnUnknownKindFailAndSaySo) {
  World world;
  Process process(world);
  process.start();
  Job strange = job(world, "a");
  strange.kind = "dance";
  ASSERT_TRUE(process.add({strange}));
  world.run_for(1s);
  EXPECT_EQ(process.find("a").state, Job::State::failed);
  EXPECT_EQ(process.find("a").outcome, "unknown-kind");
}

TEST(Jobs, ABackwardsClockDelaysAndAForwardOneIsNoticed) {
  World world;
  Process process(world);
  process.start();
  ASSERT_TRUE(process.add({job(world, "a", 600s), job(world, "b", 7200s)}));
  world.clock.step_wall(-1h);
  world.run_for(30min);
  EXPECT_EQ(process.worker.ended, Names{});
  world.clock.step_wall(1h);
  world.run_for(1min);
  EXPECT_EQ(process.worker.ended, (Names{"a"}));
  world.clock.step_wall(2h);
  world.run_for(1min);
  EXPECT_EQ(process.worker.ended, (Names{"a", "b"}));
}

struct JobRestarts : ::testing::TestWithParam<int> {};

/// Rules R3 and R4 at whatever moment the process dies.
TEST_P(JobRestarts, BeginEveryAttemptOnceAndLoseNone) {
  World world;
  base::SeededRandom random(static_cast<std::uint64_t>(GetParam()));
  std::optional<Process> process(std::in_place, world);
  process->start();
  std::vector<Job> list;
  for (int i = 0; i < 60; ++i)
    list.push_back(job(world, "j" + std::to_string(i), std::chrono::seconds(random.below(120))));
  ASSERT_TRUE(process->add(list));
  for (int crash = 0; crash < 12; ++crash) {
    world.run_for(std::chrono::milliseconds(random.below(15'000)));
    for (std::uint64_t turns = random.below(4); turns > 0; --turns) world.loop.run_ready();
    process.reset();
    process.emplace(world);
    process->worker.attempts = 2;
    process->start();
  }
  world.run_for(10min);
  const auto rows = world.documents(Job::collection);
  ASSERT_EQ(rows.size(), 60U);
  int attempts = 0;
  for (const Document& row : rows) {
    const Job ended = Job::from_document(row);
    EXPECT_EQ(ended.state, Job::State::done) << ended.id;
    attempts += ended.attempts;
  }
  EXPECT_EQ(world.documents("deed").size(), static_cast<std::size_t>(attempts));
}

INSTANTIATE_TEST_SUITE_P(AtManyMoments, JobRestarts, ::testing::Range(1, 21));

}  // namespace
}  // namespace belfry::call::schedule
