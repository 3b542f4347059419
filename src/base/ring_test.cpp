#include "base/ring.hpp"

namespace belfry::base {
namespace {

TEST(Ring, GivesValuesInOrderAndRefusesWhenFull) {
  Ring<std::unique_ptr<int>> ring(2);
  EXPECT_TRUE(ring.push(std::make_unique<int>(1)));
  EXPECT_TRUE(ring.push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(ring.push(std::move(third)));
  ASSERT_NE(third, nullptr) << "a refused value stays with its owner";
  EXPECT_EQ(**ring.pop(), 1);
  EXPECT_TRUE(ring.push(std::move(third)));
  EXPECT_EQ(**ring.pop(), 2);
  EXPECT_EQ(**ring.pop(), 3);
  EXPECT_FALSE(ring.pop());
}

TEST(Ring, CarriesEverythingBetweenTwoThreads) {
  Ring<int> ring(16);
  constexpr int count = 100'000;
  std::jthread writer([&] {
    for (int i = 0; i < count;) {
      if (int value = i; ring.push(std::move(value))) ++i;
    }
  });
  for (int expected = 0; expected < count;) {
    if (const auto value = ring.pop()) ASSERT_EQ(*value, expected++);
  }
}

}  // namespace
}  // namespace belfry::base
