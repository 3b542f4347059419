#include "rtp/arrival_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Optional;

struct ArrivalLogTest : testing::Test {
  struct Told {
    std::vector<std::uint16_t> numbers;
    std::vector<std::optional<base::Duration>> arrived;
  };
  Told tell(base::Instant now) {
    RtcpWriter writer(buffer);
    log.write(writer, 1, 2, now);
    Told told;
    auto compound = RtcpCompound::parse(writer.written());
    if (!compound) return told;
    const auto feedback = read_transport_feedback(std::get<OtherRtcp>(*compound->next()));
    EXPECT_TRUE(feedback);
    TransportStatuses statuses(*feedback);
    while (const auto status = statuses.next()) {
      told.numbers.push_back(status->sequence);
      told.arrived.push_back(status->arrived);
    }
    return told;
  }
  ArrivalLog log;
  std::array<std::byte, 1500> buffer{};
  base::Instant start{10s};
};

TEST_F(ArrivalLogTest, SaysWhichCameAndWhenAndWhichAreMissing) {
  EXPECT_FALSE(log.due(start));
  log.handle_packet(65534, start);
  log.handle_packet(65535, start + 20ms);
  log.handle_packet(1, start + 60ms);
  ASSERT_TRUE(log.due(start + 60ms));
  const Told told = tell(start + 60ms);
  EXPECT_THAT(told.numbers, ElementsAre(65534, 65535, 0, 1));
  EXPECT_THAT(
      told.arrived,
      ElementsAre(Optional(10s), Optional(10s + 20ms), std::nullopt, Optional(10s + 60ms))
  );
  EXPECT_FALSE(log.due(start + 10s)) << "everything is told";
}

TEST_F(ArrivalLogTest, IsDueEvery80MillisecondsWhilePacketsCome) {
  int times = 0;
  for (int i = 0; i < 500; ++i) {  // 10 s
    const base::Instant now = start + 20ms * i;
    log.handle_packet(static_cast<std::uint16_t>(i), now);
    if (!log.due(now)) continue;
    tell(now);
    ++times;
  }
  EXPECT_EQ(times, 125);
}

TEST_F(ArrivalLogTest, WhatComesAfterAllIsToldAgain) {
  log.handle_packet(1, start);
  log.handle_packet(3, start + 40ms);
  tell(start + 40ms);
  log.handle_packet(2, start + 50ms);
  log.handle_packet(2, start + 55ms);
  const Told told = tell(start + 120ms);
  EXPECT_THAT(told.numbers, ElementsAre(2, 3));
  EXPECT_THAT(told.arrived[0], Optional(10s + 50ms)) << "the first of two copies";
}

TEST_F(ArrivalLogTest, AnOutageFitsIntoOnePacket) {
  log.handle_packet(1, start);
  tell(start);
  log.handle_packet(20000, start + 400s);
  const Told told = tell(start + 400s);
  EXPECT_EQ(told.numbers.size(), ArrivalLog::capacity);
  EXPECT_EQ(told.numbers.back(), 20000);
}

TEST_F(ArrivalLogTest, AGapTooLongForADeltaBeginsAnewInTheNext) {
  log.handle_packet(1, start);
  log.handle_packet(2, start + 20s);
  EXPECT_THAT(tell(start + 20s).numbers, ElementsAre(1));
  const Told told = tell(start + 21s);
  EXPECT_THAT(told.numbers, ElementsAre(2));
  EXPECT_THAT(told.arrived[0], Optional(30s));
}

TEST_F(ArrivalLogTest, AnyPatternOfLossIsToldAsItWas) {
  for (unsigned seed = 1; seed < 200; ++seed) {
    ArrivalLog fresh;
    log = fresh;
    unsigned state = seed * 2654435761U;
    std::vector<std::uint16_t> came;
    for (std::uint16_t i = 0; i < 60; ++i) {
      state = state * 1664525U + 1013904223U;
      if ((state >> 24U) % (seed % 7 + 2) == 0 && i > 0 && i < 59) continue;
      log.handle_packet(i, start + i * 20ms + (state >> 28U) * 1ms);
      came.push_back(i);
    }
    const Told told = tell(start + 2s);
    ASSERT_EQ(told.numbers.size(), 60u) << seed;
    std::vector<std::uint16_t> received;
    for (std::size_t i = 0; i < told.numbers.size(); ++i)
      if (told.arrived[i]) received.push_back(told.numbers[i]);
    ASSERT_EQ(received, came) << seed;
  }
}

}  // namespace
}  // namespace belfry::rtp
