#include "rtp/feedback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

OtherRtcp only_packet(std::span<const std::byte> datagram) {
  auto compound = RtcpCompound::parse(datagram);
  EXPECT_TRUE(compound);
  return std::get<OtherRtcp>(*compound->next());
}

std::vector<std::uint16_t> numbers_of(const Nack& nack) {
  std::vector<std::uint16_t> numbers;
  nack.visit([&](std::uint16_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(Nack, WhatIsAskedForIsReadBackAlsoOverTheWrap) {
  std::array<std::byte, 100> buffer;
  RtcpWriter writer(buffer);
  const std::array<std::uint16_t, 5> missing{65534, 65535, 0, 14, 15};
  write_nack(writer, 1, 2, missing);
  EXPECT_EQ(writer.written().size(), 20u) << "one entry holds 17 numbers";
  const auto nack = read_nack(only_packet(writer.written()));
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender, 1u);
  EXPECT_EQ(nack->source, 2u);
  EXPECT_THAT(numbers_of(*nack), ElementsAre(65534, 65535, 0, 14, 15));
}

TEST(Nack, NumbersFarApartGetEntriesOfTheirOwn) {
  std::array<std::byte, 100> buffer;
  RtcpWriter writer(buffer);
  const std::array<std::uint16_t, 3> missing{10, 26, 27};
  write_nack(writer, 1, 2, missing);
  EXPECT_EQ(writer.written().size(), 20u);
  EXPECT_THAT(numbers_of(*read_nack(only_packet(writer.written()))), ElementsAre(10, 26, 27));
}

TEST(Nack, M5_HalfAnEntryIsRefused) {
  const auto body = bytes({0, 0, 0, 1, 0, 0, 0, 2, 0, 1});
  EXPECT_FALSE(read_nack({205, 1, body}));
  EXPECT_FALSE(read_nack({205, 1, std::span(body).first(8)})) << "asks for nothing";
  EXPECT_FALSE(read_nack({206, 1, body})) << "a picture";
}

std::vector<PacketStatus> statuses_of(const TransportFeedback& feedback) {
  std::vector<PacketStatus> all;
  TransportStatuses statuses(feedback);
  while (const auto status = statuses.next()) all.push_back(*status);
  return all;
}

TEST(TransportFeedback, ReadsRunsAndBothKindsOfVectors) {
  const auto body = bytes({
      0,    0,    0, 1,    0,    0,  0, 2,  // who of whom
      0xFF, 0xFE, 0, 14,                    // from 65534, fourteen of them
      0,    0,    2, 7,                     // 128 ms
      0x20, 0x02,                           // two with small deltas
      0x00, 0x03,                           // three missing
      0xD2, 0x00,                           // vector of two bits: 01 00 10 ...
      0xA0, 0x00,                           // vector of one bit: 1 ...
      4,    8,    1, 0xFF, 0xF8, 40,        // deltas of 250 us
  });
  const auto feedback = read_transport_feedback({205, 15, body});
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->number, 7);
  const auto all = statuses_of(*feedback);
  ASSERT_EQ(all.size(), 14u);
  EXPECT_EQ(all[0].sequence, 65534);
  EXPECT_EQ(all[0].arrived, 129ms);
  EXPECT_EQ(all[1].arrived, 131ms);
  EXPECT_EQ(all[2].sequence, 0);
  EXPECT_FALSE(all[2].arrived || all[3].arrived || all[4].arrived);
  EXPECT_EQ(all[5].arrived, 131ms + 250us);
  EXPECT_FALSE(all[6].arrived);
  EXPECT_EQ(all[7].arrived, 131ms + 250us - 2ms) << "reordered: a negative delta";
  for (std::size_t i = 8; i < 12; ++i) EXPECT_FALSE(all[i].arrived) << i;
  EXPECT_EQ(all[12].arrived, 131ms + 250us - 2ms + 10ms);
  EXPECT_FALSE(all[13].arrived);
}

TEST(TransportFeedback, M5_ItMustHoldWhatItPromises) {
  const auto whole = bytes({0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 2, 7, 0x20, 2, 4, 8});
  ASSERT_TRUE(read_transport_feedback({205, 15, whole}));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_transport_feedback({205, 15, std::span(whole).first(size)})) << size;
  auto reserved = whole;
  reserved[16] = std::byte{0x60};
  EXPECT_FALSE(read_transport_feedback({205, 15, reserved}));
  auto endless = whole;
  endless[17] = std::byte{0};  // runs of none
  EXPECT_FALSE(read_transport_feedback({205, 15, endless}));
  auto nothing = whole;
  nothing[11] = std::byte{0};
  EXPECT_FALSE(read_transport_feedback({205, 15, nothing}));
}

TEST(TransportFeedback, BrowsersPadItByAnyNumberOfBytesAndInTheMiddle) {
  std::array<std::byte, 100> buffer;
  RtcpWriter writer(buffer);
  const auto content = bytes({0, 0, 0, 1, 0, 0, 2, 7, 0x20, 1, 4});
  writer.transport_layer_feedback(15, 1, 2, content);
  writer.transport_layer_feedback(15, 1, 2, content);
  EXPECT_EQ(writer.written().size(), 48u);
  auto compound = RtcpCompound::parse(writer.written());
  ASSERT_TRUE(compound);
  for (int i = 0; i < 2; ++i) {
    const auto packet = compound->next();
    ASSERT_TRUE(packet);
    EXPECT_TRUE(read_transport_feedback(std::get<OtherRtcp>(*packet)));
  }
}

}  // namespace
}  // namespace belfry::rtp
