#include "base/ring.hpp"

namespace belfry::base {
namespace {

TEST(Ring, GivesValuesInOrderAndRefusesWhenFull) {
  Ring<std::unique_ptr<int>> ring(2);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  auto third = std::make_unique<int>(3);
  EXPECT_TRUE(ring.push(first));
  EXPECT_TRUE(ring.push(second));
  EXPECT_FALSE(ring.push(third));
  ASSERT_NE(third, nullptr) << "a refused value stays with its owner";
  EXPECT_EQ(**ring.pop(), 1);
  EXPECT_TRUE(ring.push(third));
  EXPECT_EQ(**ring.pop(), 2);
  EXPECT_EQ(**ring.pop(), 3);
  EXPECT_FALSE(ring.pop());
}

TEST(Ring, CarriesEverythingBetweenTwoThreads) {
  Ring<int> ring(16);
  constexpr int count = 100'000;
  std::jthread writer([&] {
    for (int i = 0; i < count;) {
      if (int value = i; ring.push(value)) ++i;
    }
  });
  for (int expected = 0; expected < count;) {
    if (const auto value = ring.pop()) ASSERT_EQ(*value, expected++);
  }
}

}  // namespace
}  // namespace belfry::base
