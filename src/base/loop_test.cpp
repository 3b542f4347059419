#include "base/loop.hpp"

namespace belfry::base {
namespace {

using namespace std::chrono_literals;

TEST(Loop, RunsWorkInOrderOfPostingAndTimersInOrderOfTime) {
  VirtualClock clock;
  Loop loop(clock);
  std::string order;
  loop.call_after(20ms, [&] { order += 'd'; });
  loop.call_after(10ms, [&] { order += 'c'; });
  loop.post([&] { order += 'a'; });
  loop.post([&] { order += 'b'; });
  loop.run_ready();
  EXPECT_EQ(order, "ab");
  clock.advance(20ms);
  loop.run_ready();
  EXPECT_EQ(order, "abcd");
}

TEST(Loop, ATimerMayCancelAnotherThatIsDueAtTheSameMoment) {
  VirtualClock clock;
  Loop loop(clock);
  TimerId second = 0;
  bool ran = false;
  loop.call_after(1ms, [&] { EXPECT_TRUE(loop.cancel(second)); });
  second = loop.call_after(1ms, [&] { ran = true; });
  clock.advance(1ms);
  loop.run_ready();
  EXPECT_FALSE(ran);
  EXPECT_FALSE(loop.next_due().has_value());
}

TEST(Loop, SaysWhenItMustBeCalledNext) {
  VirtualClock clock;
  Loop loop(clock);
  EXPECT_FALSE(loop.next_due().has_value());
  loop.call_after(5ms, [] {});
  EXPECT_EQ(loop.next_due(), clock.now() + 5ms);
  loop.post([] {});
  EXPECT_EQ(loop.next_due(), clock.now());
}

TEST(Loop, WakesItsOwnerWhenAnotherThreadPosts) {
  VirtualClock clock;
  Loop loop(clock);
  std::atomic<int> wakes = 0;
  loop.on_wake([&] { ++wakes; });
  int ran = 0;
  std::jthread([&] { loop.post_from_any_thread([&] { ++ran; }); }).join();
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(loop.next_due(), clock.now());
  loop.run_ready();
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace belfry::base
