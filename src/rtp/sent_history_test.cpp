#include "rtp/sent_history.hpp"

#include <gtest/gtest.h>

#include "rtp/packet.hpp"

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> packet(std::uint16_t sequence, std::size_t size = 172) {
  std::vector<std::byte> bytes(size, static_cast<std::byte>(sequence));
  write_header({false, 0, sequence, 0, 1}, bytes);
  return bytes;
}

struct SentHistoryTest : testing::Test {
  bool gives(std::uint16_t sequence, std::size_t size = 172) {
    const auto found = history.find(sequence, now);
    const auto expected = packet(sequence, size);
    if (!found.empty()) EXPECT_TRUE(std::ranges::equal(found, expected)) << sequence;
    return !found.empty();
  }
  SentHistory history;
  base::Instant now{1s};
};

TEST_F(SentHistoryTest, GivesBackWhatWentOut) {
  for (std::uint16_t i = 0; i < 40; ++i) history.keep(packet(i), now);
  EXPECT_TRUE(gives(0));
  EXPECT_TRUE(gives(39));
  EXPECT_FALSE(gives(40));
  EXPECT_FALSE(gives(103)) << "another packet's place";
}

TEST_F(SentHistoryTest, PacketsOfAnySizeComeBackWholeOrNotAtAll) {
  std::uint32_t state = 1;
  std::size_t given = 0;
  for (std::uint16_t i = 0; i < 5000; ++i) {
    state = state * 1664525U + 1013904223U;
    const auto size_of = [](std::uint16_t number) { return 12 + std::size_t{number} * 37 % 1489; };
    history.keep(packet(i, size_of(i)), now);
    const auto asked = static_cast<std::uint16_t>(i - (state >> 24U) % 20);
    if (asked <= i) given += gives(asked, size_of(asked)) ? 1 : 0;
    now += 5ms;
  }
  EXPECT_GT(given, 1000u);
}

TEST_F(SentHistoryTest, M7_WhatIsOlderThanASecondIsGone) {
  history.keep(packet(1), now);
  now += 1s;
  EXPECT_TRUE(gives(1));
  now += 1ms;
  EXPECT_FALSE(gives(1));
}

TEST_F(SentHistoryTest, M7_APacketGoesOutAgainThreeTimesAtMost) {
  for (std::uint16_t i = 0; i < 20; ++i) history.keep(packet(i), now);
  for (int i = 0; i < SentHistory::most_repeats; ++i) EXPECT_TRUE(gives(19));
  EXPECT_FALSE(gives(19));
}

TEST_F(SentHistoryTest, M7_AFloodOfQuestionsGetsNoMoreThanWasSentMeanwhile) {
  std::size_t sent = 0, repeated = 0;
  for (std::uint16_t i = 0; i < 500; ++i) {  // 10 s
    history.keep(packet(i), now);
    sent += 172;
    for (int flood = 0; flood < 100; ++flood) {
      const auto asked = static_cast<std::uint16_t>(i - flood % 50);
      repeated += history.find(asked, now).size();
    }
    now += 20ms;
  }
  EXPECT_LE(repeated, sent) << "together with the first time at most twice the bit rate";
  EXPECT_GT(repeated, sent / 2);
}

}  // namespace
}  // namespace belfry::rtp
