#include "base/time_zone.hpp"

#include <gtest/gtest.h>

namespace belfry::base {
namespace {

using namespace std::chrono_literals;

constexpr WallTime at(std::chrono::sys_days day, std::chrono::minutes time) {
  return WallTime(day) + time;
}

TEST(TimeZone, TellsTheTimeOfDayThereInSummerAndWinter) {
  using namespace std::chrono;
  EXPECT_EQ(time_of_day("America/Panama", at(2026y / July / 1, 12h)), 7h);
  EXPECT_EQ(time_of_day("America/New_York", at(2026y / July / 1, 12h + 30min)), 8h + 30min);
  EXPECT_EQ(time_of_day("America/New_York", at(2026y / January / 1, 12h)), 7h);
  EXPECT_EQ(time_of_day("Asia/Singapore", at(2026y / January / 1, 20h)), 4h) << "the next day";
  EXPECT_FALSE(time_of_day("Nowhere/Else", at(2026y / January / 1, 20h)));
}

TEST(TimeZone, KnowsTheZonesOfACountry) {
  EXPECT_EQ(time_zones_of("SG"), std::vector<std::string>{"Asia/Singapore"});
  EXPECT_EQ(time_zones_of("PA"), std::vector<std::string>{"America/Panama"});
  EXPECT_GT(time_zones_of("US").size(), 6u);
  EXPECT_TRUE(time_zones_of("001").empty());
}

}  // namespace
}  // namespace belfry::base
