#include "rtp/sent_tally.hpp"

#include <gtest/gtest.h>

#include "rtp/arrival_log.hpp"
#include "rtp/rate_by_loss.hpp"

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;

/// A sender and its receiver.
struct SentTallyTest : testing::Test {
  void send(int packets, int lost_of_ten) {
    for (int i = 0; i < packets; ++i) {
      const std::uint16_t number = tally.next_number();
      now += 20ms;
      if (i % 10 >= lost_of_ten) log.handle_packet(number, now);
      if (log.due(now)) report();
    }
  }
  void report() {
    std::array<std::byte, 1500> buffer;
    RtcpWriter writer(buffer);
    log.write(writer, 1, 2, now);
    auto compound = RtcpCompound::parse(writer.written());
    ASSERT_TRUE(compound);
    const auto packet = compound->next();
    const auto feedback = read_transport_feedback(std::get<OtherRtcp>(*packet));
    ASSERT_TRUE(feedback);
    if (!lose_feedback) tally.handle_feedback(*feedback);
  }
  SentTally tally;
  ArrivalLog log;
  base::Instant now{1s};
  bool lose_feedback = false;
};

TEST_F(SentTallyTest, TheShareOfLossIsWhatTheReceiverSaw) {
  send(40, 0);
  EXPECT_FALSE(tally.take_loss()) << "too few to say";
  send(100, 0);
  EXPECT_EQ(tally.take_loss(), 0);
  EXPECT_FALSE(tally.take_loss()) << "once";
  send(200, 2);
  EXPECT_NEAR(tally.take_loss().value(), 0.2, 0.03);
}

TEST_F(SentTallyTest, WhoseFeedbackWasLostIsNotJudged) {
  send(100, 0);
  (void)tally.take_loss();
  lose_feedback = true;
  send(100, 3);
  report();
  lose_feedback = false;
  send(100, 0);
  EXPECT_EQ(tally.take_loss(), 0);
}

TEST_F(SentTallyTest, WhatTurnsUpAfterAllWasNotLost) {
  send(60, 0);
  (void)tally.take_loss();
  for (int pair = 0; pair < 60; ++pair) {
    const std::uint16_t late = tally.next_number(), early = tally.next_number();
    now += 100ms;
    log.handle_packet(early, now);
    report();
    log.handle_packet(late, now + 5ms);
    report();
  }
  EXPECT_EQ(tally.take_loss(), 0);
}

TEST_F(SentTallyTest, FeedbackOfWhatWasNeverSentCountsForNothing) {
  send(10, 0);
  TransportFeedback invented;
  std::array<std::byte, 2> none_came{std::byte{0x1F}, std::byte{0xFF}};
  invented.chunks = none_came;
  for (const int first : {0, 5, 11, 20000, 60000}) {
    invented.base_sequence = static_cast<std::uint16_t>(first);
    invented.status_count = 8191;
    tally.handle_feedback(invented);
  }
  EXPECT_FALSE(tally.take_loss());
  send(60, 0);
  EXPECT_EQ(tally.take_loss(), 0);
}

TEST(RateByLoss, GivesWayToCongestionAndComesBack) {
  RateByLoss rate;
  EXPECT_EQ(rate.bits_per_second(), 32'000u);
  rate.handle_loss(0.05);
  EXPECT_EQ(rate.bits_per_second(), 32'000u) << "a bad link, not a full one";
  rate.handle_loss(0.2);
  EXPECT_EQ(rate.bits_per_second(), 28'800u);
  for (int i = 0; i < 20; ++i) rate.handle_loss(0.5);
  EXPECT_EQ(rate.bits_per_second(), 12'000u) << "words are still understood";
  for (int i = 0; i < 20; ++i) rate.handle_loss(0);
  EXPECT_EQ(rate.bits_per_second(), 32'000u);
}

}  // namespace
}  // namespace belfry::rtp
