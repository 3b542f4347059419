#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "base/random.hpp"
#include "store/store.hpp"
#include "store/testing.hpp"

/// ThreadSanitizer asks this. The child of a fork starts a thread, which it refuses by default when
/// the parent ever had one (the log's).
extern "C" const char* __tsan_default_options() {
  return "die_after_fork=0";
}

/// Rule R1: what was acknowledged is there after SIGKILL at any moment.
namespace belfry::store {
namespace {

using testing::leg;
using namespace std::chrono_literals;

Settings settings_of_server(const testing::Home& home) {
  Settings settings = home.settings();
  settings.mode = Settings::Mode::thread;
  return settings;
}

base::Task<void> commit_and_tell(Store& store, std::uint32_t number, int output) {
  const std::string sid = "CA" + std::to_string(number);
  call::Changes changes;
  call::LegRecord over = leg(sid);
  over.status = call::LegStatus::busy;
  over.ended = over.created;
  changes.legs.push_back(std::move(over));
  changes.events.push_back({.leg_sid = sid, .type = "call.queued"});
  const auto result = co_await store.commit(std::move(changes));
  if (result && ::write(output, &number, sizeof number) != sizeof number) ::_exit(3);
}

/// The child: several writers at once, each telling what was acknowledged to it.
[[noreturn]] void write_until_killed(const Settings& settings, std::uint32_t first, int output) {
  base::SystemClock clock;
  base::Loop loop(clock);
  auto store = open(settings, loop);
  if (!store) ::_exit(4);
  base::TaskGroup group(loop);
  for (std::uint32_t number = first;; number += 8) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      base::Task<void> task = commit_and_tell(**store, number + i, output);
      group.spawn(std::move(task));
    }
    while (!group.empty()) loop.run_ready();
  }
}

/// Reads acknowledgements until the child is dead; kills it after `enough` of them.
std::set<std::uint32_t> run_and_kill(
    const Settings& settings, std::uint32_t first, std::uint64_t enough
) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe_ends[0]);
    write_until_killed(settings, first, pipe_ends[1]);
  }
  ::close(pipe_ends[1]);
  std::set<std::uint32_t> acknowledged;
  std::uint32_t number = 0;
  while (::read(pipe_ends[0], &number, sizeof number) == sizeof number) {
    acknowledged.insert(number);
    if (acknowledged.size() == enough) ::kill(child, SIGKILL);
  }
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "exit status " << WEXITSTATUS(status);
  return acknowledged;
}

struct Crash : testing::OnEveryDriver {};
INSTANTIATE_ON_EVERY_DRIVER(Crash);

TEST_P(Crash, EveryAcknowledgedCommitIsThereAfterAKill) {
  base::SeededRandom random(30);
  std::set<std::uint32_t> acknowledged;
  for (std::uint32_t round = 0; round < 30; ++round) {
    const auto more =
        run_and_kill(settings_of_server(home), round * 1'000'000, 1 + random.below(60));
    ASSERT_FALSE(more.empty());
    acknowledged.insert(more.begin(), more.end());
  }
  testing::Fixture fixture(home.settings());
  for (const std::uint32_t number : acknowledged) {
    const std::string sid = "CA" + std::to_string(number);
    ASSERT_TRUE(fixture.get(fixture.store->find_leg(sid))) << sid;
    ASSERT_EQ(fixture.get(fixture.store->events_of(sid)).size(), 1) << sid;
  }
  // A commit is all or nothing, also the one that was cut off.
  const auto legs = fixture.get(fixture.store->find_legs({.limit = 1'000'000}));
  for (const auto& each : legs)
    ASSERT_EQ(fixture.get(fixture.store->events_of(each.sid)).size(), 1) << each.sid;
  EXPECT_GE(legs.size(), acknowledged.size());
  const base::WallTime created = legs.front().created;
  call::CallFiguresQuery all{.borders = {created - 24h, created + 24h}};
  const auto figures = fixture.get(fixture.store->analyse_calls(std::move(all)));
  EXPECT_EQ(figures.spans[0].at("").calls, legs.size());
  EXPECT_TRUE(testing::wait_for(fixture.loop, fixture.store->check_integrity()));
}

}  // namespace
}  // namespace belfry::store
