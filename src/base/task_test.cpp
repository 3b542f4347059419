#include "base/wait.hpp"

namespace belfry::base {
namespace {

using namespace std::chrono_literals;

struct Fixture : testing::Test {
  VirtualClock clock;
  Loop loop{clock};
  std::string trace;

  void pass(Duration time) {
    const Instant end = clock.now() + time;
    while (true) {
      loop.run_ready();
      const auto next = loop.next_due();
      if (!next || *next > end) break;
      clock.advance_to(*next);
    }
    clock.advance_to(end);
    loop.run_ready();
  }
  Task<int> answer_after(Duration delay, int value) {
    co_await sleep_for(loop, delay);
    trace += std::to_string(value);
    co_return value;
  }
};
using TaskTest = Fixture;

struct Trace {
  std::string& into;
  char mark;
  ~Trace() { into += mark; }
};

TEST_F(TaskTest, CancellingAGroupReleasesWhatItsTasksOwnNewestFirst) {
  TaskGroup group(loop);
  const auto owner = [](Loop& on, std::string& into, char mark) -> Task<void> {
    Trace held{into, mark};
    co_await sleep_for(on, 1h);
  };
  group.spawn(owner(loop, trace, 'a'));
  group.spawn(owner(loop, trace, 'b'));
  pass(1s);
  EXPECT_EQ(trace, "");
  group.cancel();
  pass(0s);
  EXPECT_EQ(trace, "ba");
  EXPECT_TRUE(group.empty());
  EXPECT_FALSE(loop.next_due().has_value());  // no timer is left behind
}

TEST(LoopEnd, PostedWorkThatOwnsSleepingTasksEndsBeforeTheTimers) {
  // Under AddressSanitizer: a sleeper that outlives the timers would cancel into freed memory.
  VirtualClock clock;
  std::string trace;
  const auto sleeper = [](Loop& on, std::string& into, char mark) -> Task<void> {
    Trace held{into, mark};
    co_await sleep_for(on, 1h);
  };
  {
    Loop loop(clock);
    auto posted = std::make_unique<TaskGroup>(loop);
    auto posted_from_afar = std::make_unique<TaskGroup>(loop);
    posted->spawn(sleeper(loop, trace, 'a'));
    posted_from_afar->spawn(sleeper(loop, trace, 'b'));
    loop.run_ready();
    loop.post([owned = std::move(posted)] {});
    loop.post_from_any_thread([owned = std::move(posted_from_afar)] {});
  }
  EXPECT_EQ(trace, "ba");
}

TEST_F(TaskTest, ATaskMayCancelTheGroupThatOwnsIt) {
  TaskGroup group(loop);
  const auto suicide = [](TaskGroup& own, Loop& on, std::string& into) -> Task<void> {
    own.cancel();
    into += 'x';
    co_await sleep_for(on, 1s);
    into += 'y';
  };
  group.spawn(suicide(group, loop, trace));
  pass(5s);
  EXPECT_EQ(trace, "x");
}

TEST_F(TaskTest, TheFirstOfARaceWinsAndTheOtherIsDestroyed) {
  TaskGroup group(loop);
  const auto racer = [](Fixture& on) -> Task<void> {
    Task<int> slow = on.answer_after(5s, 5);
    Task<int> fast = on.answer_after(2s, 2);
    const auto outcome = co_await race(on.loop, std::move(slow), std::move(fast));
    on.trace += outcome.index() == 1 ? "fast" : "slow";
  };
  group.spawn(racer(*this));
  pass(10s);
  EXPECT_EQ(trace, "2fast");
}

TEST_F(TaskTest, ATimeLimitEndsWhatTakesTooLong) {
  TaskGroup group(loop);
  const auto limited = [](Fixture& on) -> Task<void> {
    Task<int> slow = on.answer_after(5s, 5);
    const auto missed = co_await with_time_limit(on.loop, std::move(slow), 3s);
    Task<int> quick = on.answer_after(1s, 1);
    const auto met = co_await with_time_limit(on.loop, std::move(quick), 3s);
    on.trace += missed ? "?" : "-";
    on.trace += met && *met == 1 ? "+" : "?";
  };
  group.spawn(limited(*this));
  pass(20s);
  EXPECT_EQ(trace, "1-+");
}

TEST_F(TaskTest, AMailboxGivesValuesInOrderAndAnEventWakesAll) {
  Mailbox<int> mailbox(loop);
  Event opened(loop);
  TaskGroup group(loop);
  const auto reader = [](Mailbox<int>& from, Event& gate, std::string& into) -> Task<void> {
    co_await gate.wait();
    for (int i = 0; i < 3; ++i) into += std::to_string(co_await from.pop());
  };
  const auto watcher = [](Event& gate, std::string& into) -> Task<void> {
    co_await gate.wait();
    into += '!';
  };
  group.spawn(reader(mailbox, opened, trace));
  group.spawn(watcher(opened, trace));
  mailbox.push(1);
  mailbox.push(2);
  pass(1s);
  EXPECT_EQ(trace, "");
  opened.set();
  pass(0s);
  mailbox.push(3);
  pass(0s);
  EXPECT_EQ(trace, "12!3");
}

TEST_F(TaskTest, ACompletionIsResolvedOnceAndOutlivesItsResolverAndItsWaiter) {
  TaskGroup group(loop);
  Completion<int> completion(loop);
  const auto resolve = completion.resolver();
  const auto waiter = [](Task<int> answer, std::string& into) -> Task<void> {
    into += std::to_string(co_await std::move(answer));
  };
  group.spawn(waiter(completion.wait(), trace));
  pass(1s);
  resolve(4);
  resolve(9);
  pass(0s);
  EXPECT_EQ(trace, "4");
  const auto orphan = Completion<int>(loop).resolver();
  orphan(1);
}

TEST_F(TaskTest, AnExceptionEndsOnlyItsTask) {
  TaskGroup group(loop);
  const auto faulty = []() -> Task<void> {
    throw std::runtime_error("broken on purpose");
    co_return;
  };
  group.spawn(faulty());
  pass(1s);
  EXPECT_TRUE(group.empty());
}

}  // namespace
}  // namespace belfry::base
