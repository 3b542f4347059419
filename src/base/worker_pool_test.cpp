#include "base/worker_pool.hpp"

namespace belfry::base {
namespace {

Task<void> collect(WorkerPool& pool, std::move_only_function<int()> job, std::vector<int>& into) {
  Task<int> running = pool.run<int>(std::move(job));
  const int value = co_await std::move(running);
  into.push_back(value);
}

TEST(WorkerPool, WithoutThreadsRunsJobsInOrderOnALaterTurn) {
  VirtualClock clock;
  Loop loop(clock);
  WorkerPool pool(loop, 0);
  TaskGroup tasks(loop);
  std::vector<int> values;
  for (int i = 1; i <= 3; ++i) tasks.spawn(collect(pool, [i] { return i; }, values));
  EXPECT_TRUE(values.empty());
  loop.run_ready();
  EXPECT_EQ(values, (std::vector<int>{1, 2, 3}));
}

TEST(WorkerPool, RunsJobsOnOtherThreadsAndAnswersOnTheLoop) {
  VirtualClock clock;
  Loop loop(clock);
  std::mutex mutex;
  std::condition_variable roused;
  bool wake = false;
  loop.on_wake([&] {
    const std::lock_guard lock(mutex);
    wake = true;
    roused.notify_one();
  });
  WorkerPool pool(loop, 2);
  TaskGroup tasks(loop);
  std::vector<int> values;
  std::atomic<bool> elsewhere = true;
  const auto here = std::this_thread::get_id();
  for (int i = 0; i < 50; ++i)
    tasks.spawn(collect(
        pool,
        [&, i] {
          if (std::this_thread::get_id() == here) elsewhere = false;
          return i;
        },
        values
    ));
  loop.run_ready();
  while (values.size() < 50) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(roused.wait_for(lock, std::chrono::seconds(20), [&] { return wake; }));
    wake = false;
    lock.unlock();
    loop.run_ready();
  }
  EXPECT_TRUE(elsewhere);
}

TEST(WorkerPool, AJobWhoseWaiterIsGoneChangesNothing) {
  VirtualClock clock;
  Loop loop(clock);
  WorkerPool pool(loop, 0);
  std::vector<int> values;
  int ran = 0;
  {
    TaskGroup tasks(loop);
    tasks.spawn(collect(pool, [&] { return ++ran; }, values));
    tasks.spawn([](TaskGroup& group) -> Task<void> {
      group.cancel();
      co_return;
    }(tasks));
    loop.run_ready();
  }
  loop.run_ready();
  EXPECT_LE(values.size(), 1u);
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace belfry::base
