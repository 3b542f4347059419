// A virtual day of 10,000 groups, one of them due every second, two members each: the scheduler and
// its jobs with their rows, without phones. Goal: under 60 s, and the same event log for the same
// seed.
#include <benchmark/benchmark.h>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/wait.hpp"
#include "call/schedule/schedules.hpp"
#include "store/store.hpp"

namespace belfry::call::schedule {
namespace {

using base::Result;
using base::Task;
using base::WallTime;
using namespace std::chrono_literals;

constexpr int groups = 10'000;
/// Every group comes round once while all others do.
constexpr auto round = std::chrono::seconds(groups);

struct World {
  void run_until(base::Instant end) {
    while (true) {
      loop.run_ready();
      const auto next = loop.next_due();
      if (!next || *next > end) return;
      clock.advance_to(*next);
    }
  }
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{5};
  std::unique_ptr<store::Store> store =
      store::open(
          {.folder = ":memory:", .mode = store::Settings::Mode::same_thread, .max_queue = 1'000'000
          },
          loop
      )
          .value();
};

/// Takes its time and ends; the claim is the deed.
struct Ring final : JobHandler {
  explicit Ring(World& in) : world(in) {}
  std::string_view kind() const override { return "ring"; }
  Task<Result<JobOutcome>> run(Claim& claim) override {
    Changes taken = claim.take(world.loop.wall_now() + 60s, {});
    const Result<> begun = co_await world.store->commit(std::move(taken));
    if (!begun) co_return base::fail(begun.error());
    co_await base::sleep_for(world.loop, std::chrono::seconds(1 + world.random.below(20)));
    JobOutcome done{.word = world.random.below(4) == 0 ? "no-answer" : "completed"};
    co_return done;
  }
  World& world;
};

struct Groups final : Handler {
  std::string_view kind() const override { return "group"; }
  Task<std::optional<WallTime>> draw_next(Schedule schedule, WallTime after) override {
    if (schedule.next) co_return *schedule.next + round;
    co_return std::chrono::floor<std::chrono::seconds>(after) +
        std::chrono::seconds(1 + schedule.parameters.at("number").to_number<int>());
  }
  Task<Result<Work>> prepare(Schedule /*schedule*/, Occurrence occurrence) override {
    Work work;
    for (const char* member : {"/ann", "/bob"}) {
      Job job;
      job.id = occurrence.key() + member;
      job.kind = "ring";
      job.due = occurrence.due;
      work.jobs.push_back(std::move(job));
    }
    co_return work;
  }
};

Task<void> set_up(Jobs& jobs, Schedules& schedules) {
  static_cast<void>(co_await jobs.start());
  static_cast<void>(co_await schedules.start());
  for (int i = 0; i < groups; ++i) {
    ScheduleTerms terms{.id = "group-" + std::to_string(i), .kind = "group"};
    terms.recurrence.rule = "drawn";
    terms.parameters = {{"number", i}};
    static_cast<void>(co_await schedules.put(std::move(terms)));
  }
}

/// Every row of a collection, oldest first, into the text.
Task<void> collect(store::Store& store, std::string collection, std::string& log, int& rows) {
  std::string after;
  while (true) {
    DocumentQuery query{.collection = collection, .after_key = after, .limit = 5000};
    const auto page = co_await store.find_documents(std::move(query));
    if (!page || page->empty()) co_return;
    for (const Document& row : *page) {
      log += row.key + base::json::serialize(row.value);
      ++rows;
    }
    after = page->back().key;
    log = base::sha256_hex(log);
  }
}

struct Day {
  std::string log;
  int occurrences = 0;
  int jobs = 0;
};

Day run_a_day() {
  World world;
  Ring ring(world);
  Groups handler;
  Jobs jobs({.loop = world.loop, .journal = *world.store, .owner = "bench"});
  Schedules schedules({world.loop, world.random, *world.store, jobs});
  jobs.add_handler(ring);
  schedules.add_handler(handler);
  base::TaskGroup group(world.loop);
  group.spawn(set_up(jobs, schedules));
  world.run_until(world.clock.now() + 24h);
  Day day;
  group.spawn(collect(*world.store, std::string(Occurrence::collection), day.log, day.occurrences));
  world.run_until(world.clock.now());
  group.spawn(collect(*world.store, std::string(Job::collection), day.log, day.jobs));
  world.run_until(world.clock.now());
  return day;
}

void a_day(benchmark::State& state) {
  base::log::configure(base::log::Level::off, base::log::Format::text);
  std::string first;
  Day day;
  for (auto _ : state) {
    day = run_a_day();
    if (first.empty()) first = day.log;
    if (day.log != first) state.SkipWithError("two runs of one seed differ");
    if (day.occurrences != 86'400) state.SkipWithError("not every second had its group");
  }
  state.counters["occurrences"] = day.occurrences;
  state.counters["jobs"] = day.jobs;
  state.SetLabel("log " + first.substr(0, 16));
}
BENCHMARK(a_day)->Iterations(2)->Unit(benchmark::kSecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace belfry::call::schedule
