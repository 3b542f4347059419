#include "call/ip_range.hpp"

namespace belfry::call {
namespace {

TEST(IpRange, HoldsTheAddressesWithItsFirstBits) {
  const auto range = IpRange::make("192.0.2.64", 26);
  ASSERT_TRUE(range);
  EXPECT_TRUE(range->contains("192.0.2.64"));
  EXPECT_TRUE(range->contains("192.0.2.127"));
  EXPECT_TRUE(range->contains("::ffff:192.0.2.100"));
  EXPECT_FALSE(range->contains("192.0.2.128"));
  EXPECT_FALSE(range->contains("192.0.2.63"));
  EXPECT_FALSE(range->contains("193.0.2.64"));
  EXPECT_FALSE(range->contains("2001:db8::1"));
  EXPECT_FALSE(range->contains("192.0.2"));
}

TEST(IpRange, IsOneAddressOrAllOfThem) {
  EXPECT_TRUE(IpRange::make("192.0.2.1", 32)->contains("192.0.2.1"));
  EXPECT_FALSE(IpRange::make("192.0.2.1", 32)->contains("192.0.2.2"));
  EXPECT_TRUE(IpRange::make("0.0.0.0", 0)->contains("203.0.113.9"));
  EXPECT_FALSE(IpRange::make("0.0.0.0", 0)->contains("2001:db8::1"));
  EXPECT_TRUE(IpRange::make("2001:db8::", 32)->contains("2001:db8:ffff::1"));
  EXPECT_FALSE(IpRange::make("2001:db8::", 32)->contains("2001:db9::1"));
}

TEST(IpRange, WhatIsNoneIsRefused) {
  EXPECT_FALSE(IpRange::make("192.0.2.1", 33));
  EXPECT_FALSE(IpRange::make("2001:db8::1", 129));
  EXPECT_FALSE(IpRange::make("example.com", 8));
  EXPECT_FALSE(IpRange::make("", 0));
}

}  // namespace
}  // namespace belfry::call
