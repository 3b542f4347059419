#include <gtest/gtest.h>

#include "rtp/packet.hpp"

#include "base/random.hpp"
#include "rtp/stream.hpp"

namespace belfry::rtp {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

TEST(RtpPacket, WhatIsWrittenIsParsed) {
  const auto payload = bytes({1, 2, 3});
  std::array<std::byte, 64> buffer;
  const auto packet = write_packet({true, 101, 0xFFFE, 0x80000001, 0xDEADBEEF}, payload, buffer);
  ASSERT_EQ(packet.size(), 15u);
  const auto view = parse_packet(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->marker);
  EXPECT_EQ(view->payload_type, 101);
  EXPECT_EQ(view->sequence, 0xFFFE);
  EXPECT_EQ(view->timestamp, 0x80000001);
  EXPECT_EQ(view->ssrc, 0xDEADBEEF);
  EXPECT_EQ(view->header_size, 12u);
  EXPECT_TRUE(std::ranges::equal(view->payload, payload));
}

TEST(RtpPacket, IsNotWrittenWhereItDoesNotFit) {
  std::array<std::byte, 14> buffer;
  EXPECT_TRUE(write_packet({}, bytes({1, 2, 3}), buffer).empty());
  EXPECT_EQ(write_packet({}, bytes({1, 2}), buffer).size(), 14u);
  EXPECT_TRUE(write_packet({}, {}, std::span(buffer).first(11)).empty());
}

// Version 2, padding, extension, two contributors, marker, type 0.
const auto everything =
    bytes({0xB2, 0x80, 0,    1, 0, 0,    0,    2,    0, 0, 0, 3, 0, 0,    0,    4, 0, 0, 0,
           5,    0xBE, 0xDE, 0, 2, 0x10, 0x99, 0x32, 7, 8, 9, 0, 0, 0x41, 0x42, 0, 0, 3});

TEST(RtpPacket, ContributorsExtensionAndPaddingAreTakenApart) {
  const auto view = parse_packet(everything);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->contributors.size(), 8u);
  EXPECT_EQ(view->extension_profile, 0xBEDE);
  EXPECT_EQ(view->extension.size(), 8u);
  EXPECT_TRUE(std::ranges::equal(view->payload, bytes({0x41, 0x42})));
  EXPECT_EQ(view->header_size, 32u);
  EXPECT_TRUE(std::ranges::equal(*find_extension(*view, 1), bytes({0x99})));
  EXPECT_TRUE(std::ranges::equal(*find_extension(*view, 3), bytes({7, 8, 9})));
  EXPECT_FALSE(find_extension(*view, 2).has_value());
  EXPECT_FALSE(find_extension(*view, 0).has_value());
}

TEST(RtpPacket, TwoByteExtensionsAreFound) {
  const auto packet =
      bytes({0x90, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0x10, 0x00, 0, 2, 20, 0, 21, 2, 5, 6, 0, 0});
  const auto view = parse_packet(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(find_extension(*view, 20)->empty());
  EXPECT_TRUE(std::ranges::equal(*find_extension(*view, 21), bytes({5, 6})));
}

TEST(RtpPacket, EveryCutOfAPacketIsAnErrorOrShorterButNeverReadsBeyond) {  // rule M5
  for (std::size_t length = 0; length < everything.size(); ++length) {
    // An own allocation of exactly this length, so that AddressSanitizer sees each byte too many.
    const std::vector<std::byte> cut(
        everything.begin(), everything.begin() + static_cast<long>(length)
    );
    const auto view = parse_packet(cut);
    if (length < 20) {
      EXPECT_EQ(view.error(), PacketError::too_short) << length;
    } else if (length < 32) {
      EXPECT_EQ(view.error(), PacketError::bad_extension) << length;
    } else if (view) {
      EXPECT_LE(view->header_size + view->payload.size(), length);
    }
  }
}

TEST(RtpPacket, LiesAboutLengthsAreRefused) {  // rule M5
  auto packet = everything;
  packet[23] = std::byte{0xFF};  // extension longer than the packet
  EXPECT_EQ(parse_packet(packet).error(), PacketError::bad_extension);
  packet = everything;
  packet.back() = std::byte{6};  // more padding than payload
  EXPECT_EQ(parse_packet(packet).error(), PacketError::bad_padding);
  packet.back() = std::byte{0};
  EXPECT_EQ(parse_packet(packet).error(), PacketError::bad_padding);
  packet.back() = std::byte{5};  // nothing but padding is allowed
  EXPECT_TRUE(parse_packet(packet)->payload.empty());
  packet[0] = std::byte{0x72};
  EXPECT_EQ(parse_packet(packet).error(), PacketError::not_version_2);
}

TEST(RtpPacket, IsToldFromRtcpByItsType) {
  EXPECT_TRUE(is_rtcp(bytes({0x80, 200})));
  EXPECT_TRUE(is_rtcp(bytes({0x80, 206})));
  EXPECT_FALSE(is_rtcp(bytes({0x80, 0})));
  EXPECT_FALSE(is_rtcp(bytes({0x80, 0x80 | 101})));
  EXPECT_FALSE(is_rtcp(bytes({0x80})));
}

TEST(OutgoingStream, NumbersPacketsAndMarksTheFirstAfterSilence) {
  base::SeededRandom random(1);
  OutgoingStream stream(random);
  const PacketHeader first = stream.next(0, 160);
  const PacketHeader second = stream.next(0, 160);
  stream.be_silent(160);
  const PacketHeader event = stream.next_at(101, stream.timestamp(), true);
  stream.be_silent(160);
  const PacketHeader third = stream.next(0, 160);
  EXPECT_TRUE(first.marker && !second.marker && third.marker);
  EXPECT_EQ(static_cast<std::uint16_t>(event.sequence - first.sequence), 2);
  EXPECT_EQ(static_cast<std::uint16_t>(third.sequence - first.sequence), 3);
  EXPECT_EQ(event.timestamp - first.timestamp, 480u);
  EXPECT_EQ(third.timestamp - first.timestamp, 640u);
  EXPECT_EQ(first.ssrc, third.ssrc);
}

}  // namespace
}  // namespace belfry::rtp
