#include "webrtc_load/arrivals.hpp"

#include <gtest/gtest.h>

namespace belfry::bench {
namespace {

using namespace std::chrono_literals;

struct WebRtcLoadArrivals : testing::Test {
  base::VirtualClock clock;
  Arrivals arrivals{48'000};

  void take(std::uint16_t sequence, std::uint32_t timestamp, std::uint32_t ssrc = 1) {
    rtp::PacketView packet;
    packet.sequence = sequence;
    packet.timestamp = timestamp;
    packet.ssrc = ssrc;
    arrivals.take(packet, clock.now());
  }
  void take_after(base::Duration wait, std::uint16_t sequence, std::uint32_t timestamp) {
    clock.advance(wait);
    take(sequence, timestamp);
  }
};

TEST_F(WebRtcLoadArrivals, AreInTimeWhenTheyComeAsTheyWereSaid) {
  take(65'535, 0xFFFF'FFFF);
  take_after(20ms, 0, 959);
  take_after(39ms, 1, 1919);  // 19 ms late: less than a frame
  take_after(1ms, 2, 2879);
  const ArrivalCounts counts = arrivals.counts();
  EXPECT_EQ(counts.received, 4u);
  EXPECT_EQ(counts.lost, 0u);
  EXPECT_EQ(counts.late, 0u);
  EXPECT_EQ(counts.worst_delay, 19ms);
}

TEST_F(WebRtcLoadArrivals, AreLateByMoreThanAFrame) {
  take(1, 0);
  take_after(41ms, 2, 960);
  take_after(0ms, 3, 1920);  // of the same halt: counted once
  EXPECT_EQ(arrivals.counts().late, 1u);
  EXPECT_EQ(arrivals.counts().worst_delay, 21ms);
}

TEST_F(WebRtcLoadArrivals, SilenceThatWasSaidIsNotLate) {
  take(1, 0);
  take_after(400ms, 2, 20 * 960);
  EXPECT_EQ(arrivals.counts().late, 0u);
}

TEST_F(WebRtcLoadArrivals, CountWhatNeverCame) {
  take(1, 0);
  take_after(80ms, 5, 4 * 960);
  take(3, 2 * 960);
  take(5, 4 * 960);
  const ArrivalCounts counts = arrivals.counts();
  EXPECT_EQ(counts.received, 3u);
  EXPECT_EQ(counts.lost, 2u);
  EXPECT_EQ(counts.repeated, 1u);
}

TEST_F(WebRtcLoadArrivals, BeginAnewWithAnotherSource) {
  take(1, 0);
  clock.advance(10s);
  take(900, 77, 2);
  take(901, 77 + 960, 2);
  const ArrivalCounts counts = arrivals.counts();
  EXPECT_EQ(counts.streams, 2u);
  EXPECT_EQ(counts.lost, 0u);
  EXPECT_EQ(counts.late, 0u);
}

TEST_F(WebRtcLoadArrivals, CountFromTheRestartOn) {
  take(1, 0);
  take_after(100ms, 4, 960);
  arrivals.restart();
  take_after(20ms, 5, 1920);
  const ArrivalCounts counts = arrivals.counts();
  EXPECT_EQ(counts.received, 1u);
  EXPECT_EQ(counts.lost, 0u);
  EXPECT_EQ(counts.late, 0u);
}

}  // namespace
}  // namespace belfry::bench
