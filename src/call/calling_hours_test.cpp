#include "call/calling_hours.hpp"

#include <gtest/gtest.h>

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

base::WallTime at(std::chrono::minutes time) {
  using namespace std::chrono;
  return base::WallTime(sys_days(2026y / January / 15)) + time;
}

bool admits(const std::string& number, std::chrono::minutes utc, CallingHours hours = {}) {
  return hours.admit(number, at(utc)).has_value();
}

TEST(CallingHours, RuleP1TheClockIsTheCallees) {
  EXPECT_TRUE(admits("+5073009999", 13h)) << "8:00 in Panama";
  EXPECT_FALSE(admits("+5073009999", 12h + 59min));
  EXPECT_TRUE(admits("+5073009999", 25h + 59min));
  EXPECT_FALSE(admits("+5073009999", 26h)) << "21:00";
  EXPECT_TRUE(admits("+6591234567", 0h)) << "8:00 in Singapore";
  EXPECT_FALSE(admits("+6591234567", 13h));
}

TEST(CallingHours, RuleP1AllZonesOfACountryMustAgree) {
  EXPECT_FALSE(admits("+12125550123", 13h)) << "8:00 in New York, 3:00 in Honolulu";
  EXPECT_TRUE(admits("+12125550123", 18h)) << "8:00 in Honolulu";
  EXPECT_TRUE(admits("+12125550123", 25h + 59min)) << "20:59 in New York";
  EXPECT_FALSE(admits("+12125550123", 26h));
}

TEST(CallingHours, ARefusalSaysWhyAndWhenItOpens) {
  const auto refused = CallingHours().admit("+6591234567", at(19h + 12min));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::refused);
  EXPECT_EQ(
      refused.error().message,
      "it is 03:12 in Asia/Singapore, and automatic calls are made from 08:00 to 21:00 at the "
      "callee; next 2026-01-16T00:00:00Z"
  );
  const CallingHours hour{.from = 12h, .until = 13h};
  EXPECT_NE(hour.admit("+12125550123", at(17h)).error().message.find("never"), std::string::npos);
}

TEST(CallingHours, TellsWhenANumberMayBeCalled) {
  const CallingHours hours;
  EXPECT_EQ(hours.opening("+5073009999", at(15h)), at(15h)) << "at once";
  EXPECT_EQ(hours.opening("+5073009999", at(10h)), at(13h));
  EXPECT_EQ(hours.opening("1000", at(3h)), at(3h));
  EXPECT_FALSE((CallingHours{.from = 12h, .until = 13h}).opening("+12125550123", at(17h)));
}

TEST(CallingHours, WhatHasNoCountryOrNoHoursIsNeverRefused) {
  EXPECT_TRUE(admits("+1234567890", 3h));
  EXPECT_TRUE(admits("1000", 3h));
  EXPECT_TRUE(admits("+5073009999", 3h, {.from = 0h, .until = 24h}));
}

}  // namespace
}  // namespace belfry::call
