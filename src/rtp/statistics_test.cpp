#include <gtest/gtest.h>

#include "rtp/statistics.hpp"

#include "base/random.hpp"

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;
using base::Instant;

constexpr Instant start{1h};

void give(ReceiveStatistics& statistics, int n, base::Duration late = {}) {
  statistics.handle_packet(
      static_cast<std::uint16_t>(65530 + n), n * 160u, start + n * 20ms + late
  );
}

TEST(ReceiveStatistics, CountsLossOverTheWrapOfTheSequence) {
  ReceiveStatistics statistics(8000);
  for (int n = 0; n < 200; ++n) {
    if (n % 10 != 3) give(statistics, n);
  }
  EXPECT_EQ(statistics.expected(), 200u);
  EXPECT_EQ(statistics.received(), 180u);
  EXPECT_EQ(statistics.lost(), 20);
  EXPECT_DOUBLE_EQ(statistics.loss_fraction(), 0.1);
  const ReportBlock first = statistics.report(5, start + 4s);
  EXPECT_EQ(first.fraction_lost, 25);  // 20 * 256 / 200
  EXPECT_EQ(first.cumulative_lost, 20);
  EXPECT_EQ(first.highest_sequence, 65530u + 199);
  for (int n = 200; n < 300; ++n) give(statistics, n);
  const ReportBlock second = statistics.report(5, start + 6s);
  EXPECT_EQ(second.fraction_lost, 0);  // of the new interval only
  EXPECT_EQ(second.cumulative_lost, 20);
}

TEST(ReceiveStatistics, ReorderingIsNoLossAndDuplicatesMakeItNegative) {
  ReceiveStatistics statistics(8000);
  for (const int n : {0, 2, 1, 4, 3, 3, 5}) give(statistics, n);
  EXPECT_EQ(statistics.lost(), -1);
  EXPECT_EQ(statistics.loss_fraction(), 0.0);
  EXPECT_EQ(statistics.report(1, start).cumulative_lost, -1);
  EXPECT_EQ(statistics.report(1, start).fraction_lost, 0);
}

TEST(ReceiveStatistics, AStrayNumberChangesNothingARestartBeginsAnew) {
  ReceiveStatistics statistics(8000);
  for (int n = 0; n < 10; ++n) give(statistics, n);
  statistics.handle_packet(30000, 1600, start + 200ms);
  EXPECT_EQ(statistics.lost(), 0);
  EXPECT_EQ(statistics.received(), 10u);
  statistics.handle_packet(40000, 0, start + 220ms);
  statistics.handle_packet(40001, 160, start + 240ms);
  statistics.handle_packet(40002, 320, start + 260ms);
  EXPECT_EQ(statistics.received(), 2u);
  EXPECT_EQ(statistics.lost(), 0);
}

TEST(ReceiveStatistics, MeasuresJitterAsTheStandardDefinesIt) {
  ReceiveStatistics steady(8000), shaken(8000);
  for (int n = 0; n < 1000; ++n) {
    give(steady, n);
    give(shaken, n, n % 2 == 0 ? 0ms : 10ms);  // every difference is 10 ms
  }
  EXPECT_EQ(steady.jitter(), 0ns);
  EXPECT_NEAR(static_cast<double>(shaken.jitter().count()), 10e6, 1e4);
  EXPECT_NEAR(shaken.report(1, start).jitter, 80, 1);
}

TEST(ReceiveStatistics, NothingReceivedIsAnEmptyReport) {
  ReceiveStatistics statistics(8000);
  const ReportBlock block = statistics.report(1, start);
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, 0);
  EXPECT_EQ(block.last_sr, 0u);
}

TEST(Statistics, RoundTripComesFromTwoReports) {
  base::VirtualClock here;
  SendStatistics sent;
  sent.handle_packet(160);
  const SenderInfo info = sent.report(160, here.wall_now());
  EXPECT_EQ(info.packets, 1u);
  EXPECT_EQ(info.octets, 160u);
  ReceiveStatistics there(8000);
  here.advance(40ms);
  there.handle_sender_report(info, here.now());
  here.advance(1500ms);
  const ReportBlock block = there.report(9, here.now());
  here.advance(30ms);
  const auto trip = round_trip(block, here.wall_now());
  ASSERT_TRUE(trip);
  EXPECT_NEAR(static_cast<double>(trip->count()), 70e6, 1e5);
  EXPECT_FALSE(round_trip(ReportBlock{}, here.wall_now()));
  EXPECT_FALSE(round_trip(block, here.wall_now() - 10s));
}

TEST(Statistics, NtpTimeIsCountedFrom1900) {
  EXPECT_EQ(to_ntp(base::WallTime{0us}) >> 32, 2'208'988'800u);
  EXPECT_EQ(to_ntp(base::WallTime{500'000us}) & 0xFFFFFFFF, 0x80000000u);
}

TEST(Statistics, OpinionFallsWithLossAndDelay) {
  EXPECT_NEAR(estimate_mos(0, 20ms), 4.4, 0.05);
  EXPECT_GT(estimate_mos(0, 20ms), estimate_mos(0.01, 20ms));
  EXPECT_NEAR(estimate_mos(0.05, 50ms), 4.0, 0.3);
  EXPECT_LT(estimate_mos(0.2, 50ms), 3.0);
  EXPECT_LT(estimate_mos(0, 500ms), 3.6);
  EXPECT_EQ(estimate_mos(1, 2s), 1.0);
}

}  // namespace
}  // namespace belfry::rtp
