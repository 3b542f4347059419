#include "gateway/sip/trunk_queue.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace belfry::gateway::sip {
namespace {

using namespace std::chrono_literals;

struct TrunkQueueTest : testing::Test {
  void pass(base::Duration time) {
    const base::Instant until = clock.now() + time;
    loop.run_ready();
    for (auto next = loop.next_due(); next && *next <= until; next = loop.next_due()) {
      clock.advance_to(*next);
      loop.run_ready();
    }
    clock.advance_to(until);
    loop.run_ready();
  }
  /// A call; its number is in `gone` when it went, in `given_up` when it waited too long.
  bool call(int number) {
    auto place = queue.enter();
    if (!place) return false;
    if (place->may_go()) {
      gone.push_back(number);
    } else {
      place->wait(
          [this, number] { gone.push_back(number); }, [this, number] { given_up.push_back(number); }
      );
    }
    places[number] = std::move(*place);
    return true;
  }

  base::VirtualClock clock;
  base::Loop loop{clock};
  TrunkQueue queue{loop, {.channels = 4, .calls_per_second = 2, .waiting = 3}};
  std::vector<int> gone, given_up;
  std::map<int, TrunkQueue::Place> places;
};

TEST_F(TrunkQueueTest, CallsBeyondTheRateWaitTheirTurnInOrder) {
  for (int number = 1; number <= 4; ++number) EXPECT_TRUE(call(number));
  pass(0s);
  EXPECT_EQ(gone, (std::vector{1, 2}));
  EXPECT_EQ(queue.waiting(), 2u);
  pass(600ms);
  EXPECT_EQ(gone, (std::vector{1, 2, 3}));
  pass(600ms);
  EXPECT_EQ(gone, (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(queue.channels_in_use(), 4u);
}

TEST_F(TrunkQueueTest, CallsBeyondTheChannelsWaitForOneThatEnds) {
  for (int number = 1; number <= 5; ++number) EXPECT_TRUE(call(number));
  pass(3s);
  EXPECT_EQ(gone.size(), 4u);
  places.erase(2);
  pass(1s);
  EXPECT_EQ(gone.back(), 5);
  EXPECT_EQ(queue.channels_in_use(), 4u);
}

TEST_F(TrunkQueueTest, O3_WhoWaitsTooLongIsToldAndWhoCannotWaitIsRefused) {
  for (int number = 1; number <= 5; ++number) EXPECT_TRUE(call(number));
  EXPECT_FALSE(call(6)) << "two have gone, three wait";
  pass(3s);
  EXPECT_TRUE(call(7));
  pass(8s);
  EXPECT_EQ(given_up, (std::vector{5}));
  pass(3s);
  EXPECT_EQ(given_up, (std::vector{5, 7}));
  EXPECT_EQ(queue.waiting(), 0u);
  places.clear();
  EXPECT_EQ(queue.channels_in_use(), 0u);
}

TEST_F(TrunkQueueTest, WhoHangsUpWhileWaitingLetsTheNextGo) {
  for (int number = 1; number <= 4; ++number) EXPECT_TRUE(call(number));
  places.erase(3);
  pass(600ms);
  EXPECT_EQ(gone, (std::vector{1, 2, 4}));
}

TEST_F(TrunkQueueTest, CallsThatAreThereCountWhateverTheLimitsSay) {
  for (int number = 1; number <= 6; ++number) places[number] = queue.occupy();
  EXPECT_EQ(queue.channels_in_use(), 6u);
  EXPECT_TRUE(call(7));
  pass(1s);
  EXPECT_TRUE(gone.empty());
  for (int number = 1; number <= 3; ++number) places.erase(number);
  pass(1s);
  EXPECT_EQ(gone, (std::vector{7}));
}

}  // namespace
}  // namespace belfry::gateway::sip
