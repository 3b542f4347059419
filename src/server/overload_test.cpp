#include "server/overload.hpp"

#include <gtest/gtest.h>

namespace belfry::server {
namespace {

using namespace std::chrono_literals;

struct OverloadTest : testing::Test {
  /// The loop's turns come on time.
  void pass(base::Duration time) {
    const base::Instant until = clock.now() + time;
    while (clock.now() < until) {
      clock.advance_to(std::min(until, clock.now() + 10ms));
      loop.run_ready();
    }
  }
  /// Something holds the control thread.
  void stall(base::Duration time) {
    clock.advance_to(clock.now() + time);
    loop.run_ready();
  }

  base::VirtualClock clock;
  base::Loop loop{clock};
  Overload::MediaTicks ticks;
  base::Duration age{0};
  Overload::Memory memory{10, 100};
  Overload overload{
      loop, {[this] { return ticks; }, [this] { return age; }, [this] { return memory; }}
  };
};

TEST_F(OverloadTest, CallsAreTakenWhileNothingIsLate) {
  pass(10s);
  ticks = {500, 5};  // exactly one in a hundred is no sign
  pass(2s);
  EXPECT_FALSE(overload.refuses_calls());
}

TEST_F(OverloadTest, ALateLoopStopsAdmissionUntilThreeSecondsAfterItIsWellAgain_O3) {
  pass(1s);
  for (int turn = 0; turn < 4; ++turn) stall(120ms);
  EXPECT_TRUE(overload.refuses_calls());
  EXPECT_STREQ(overload.why(), "the control loop is late");
  pass(3500ms);  // the late samples leave the second that is looked at, then it holds 3 s
  EXPECT_TRUE(overload.refuses_calls());
  pass(1s);
  EXPECT_FALSE(overload.refuses_calls());
}

TEST_F(OverloadTest, OneShortHiccupIsNoOverloadButOneLongStallIs) {
  pass(1s);
  stall(100ms);
  EXPECT_FALSE(overload.refuses_calls());
  stall(900ms);
  EXPECT_TRUE(overload.refuses_calls());
}

TEST_F(OverloadTest, LateMediaTicksStopAdmission_O3) {
  ticks = {50, 1};
  pass(1s);
  EXPECT_FALSE(overload.refuses_calls()) << "one hiccup";
  ticks = {100, 4};
  pass(1s);
  EXPECT_TRUE(overload.refuses_calls());
  ticks = {150, 4};
  pass(5s);
  EXPECT_FALSE(overload.refuses_calls());
}

TEST_F(OverloadTest, WritesThatWaitStopAdmission_O3) {
  pass(1s);
  age = 201ms;
  pass(50ms);
  EXPECT_TRUE(overload.refuses_calls());
  age = 0ms;
  pass(2900ms);
  EXPECT_TRUE(overload.refuses_calls());
  pass(200ms);
  EXPECT_FALSE(overload.refuses_calls());
}

TEST_F(OverloadTest, MemoryNearItsLimitStopsAdmission_O3) {
  memory = {81, 100};
  pass(1s);
  EXPECT_TRUE(overload.refuses_calls());
  memory = {81, 0};
  pass(5s);
  EXPECT_FALSE(overload.refuses_calls());
}

TEST(ProcessMemory, IsReadFromTheSystem) {
  const Overload::Memory memory = process_memory();
  EXPECT_GT(memory.used, 1'000'000u);
  EXPECT_GT(memory.limit, memory.used);
}

}  // namespace
}  // namespace belfry::server
