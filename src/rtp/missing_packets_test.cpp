#include "rtp/missing_packets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct MissingPacketsTest : testing::Test {
  MissingPackets missing;
  base::Instant start{1s};
};

TEST_F(MissingPacketsTest, AGapIsAskedForOnceAndAgainAfterARoundTrip) {
  missing.handle_packet(65534, start);
  missing.handle_packet(1, start + 60ms);
  EXPECT_THAT(missing.ask(30ms, 200ms, start + 60ms), ElementsAre(65535, 0));
  EXPECT_THAT(missing.ask(30ms, 200ms, start + 80ms), IsEmpty());
  missing.handle_packet(65535, start + 90ms);
  EXPECT_THAT(missing.ask(30ms, 200ms, start + 120ms), ElementsAre(0));
  EXPECT_THAT(missing.ask(30ms, 200ms, start + 180ms), IsEmpty()) << "twice and no more";
}

TEST_F(MissingPacketsTest, WhatCouldNotComeInTimeIsNotAskedFor) {
  missing.handle_packet(1, start);
  missing.handle_packet(3, start + 40ms);  // 2 should have come at 20 ms
  EXPECT_THAT(missing.ask(61ms, 80ms, start + 40ms), IsEmpty());
  missing.handle_packet(5, start + 80ms);
  EXPECT_THAT(missing.ask(60ms, 80ms, start + 80ms), ElementsAre(4)) << "2 was given up";
}

TEST_F(MissingPacketsTest, WhatWasOnlyLateIsNotAskedFor) {
  missing.handle_packet(1, start);
  missing.handle_packet(3, start + 40ms);
  missing.handle_packet(2, start + 41ms);
  EXPECT_THAT(missing.ask(10ms, 200ms, start + 41ms), IsEmpty());
}

TEST_F(MissingPacketsTest, AnOutageIsNotAskedFor) {
  missing.handle_packet(1, start);
  missing.handle_packet(500, start + 10s);
  EXPECT_THAT(missing.ask(10ms, 10s, start + 10s), IsEmpty());
}

TEST_F(MissingPacketsTest, M7_ItRemembersSoManyAndNoMore) {
  for (std::uint16_t i = 0; i < 1000; ++i)
    missing.handle_packet(static_cast<std::uint16_t>(2 * i), start);
  EXPECT_EQ(missing.ask(0ms, 10s, start).size(), MissingPackets::most);
}

}  // namespace
}  // namespace belfry::rtp
