#include <gtest/gtest.h>

#include "rtp/rtcp.hpp"

namespace belfry::rtp {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

/// Keeps the bytes that the parsed views point into.
struct Parsed {
  explicit Parsed(std::initializer_list<int> values)
      : datagram(bytes(values)), compound(RtcpCompound::parse(datagram)) {}
  std::optional<RtcpPacket> next() { return compound->next(); }
  RtcpError error() const { return compound.error(); }

  std::vector<std::byte> datagram;
  std::expected<RtcpCompound, RtcpError> compound;
};

const ReportBlock sample_block{0x11223344, 64, -5, 0x0001FFFE, 320, 0xAABBCCDD, 65536};

TEST(Rtcp, ACompoundThatIsWrittenIsParsed) {
  std::array<std::byte, 256> buffer;
  RtcpWriter writer(buffer);
  writer.sender_report(7, {0x0123456789ABCDEF, 1000, 50, 8000}, std::span(&sample_block, 1));
  writer.source_description(7, "user@host");
  writer.goodbye(7);
  ASSERT_FALSE(writer.written().empty());
  EXPECT_EQ(writer.written().size() % 4, 0u);

  auto compound = RtcpCompound::parse(writer.written());
  ASSERT_TRUE(compound);
  const auto report = std::get<SenderReport>(*compound->next());
  EXPECT_EQ(report.ssrc, 7u);
  EXPECT_EQ(report.sender.ntp_time, 0x0123456789ABCDEFu);
  EXPECT_EQ(report.sender.packets, 50u);
  ASSERT_EQ(report.blocks.size(), 1u);
  const ReportBlock block = report.blocks.at(0);
  EXPECT_EQ(block.ssrc, sample_block.ssrc);
  EXPECT_EQ(block.fraction_lost, 64);
  EXPECT_EQ(block.cumulative_lost, -5);
  EXPECT_EQ(block.highest_sequence, 0x0001FFFEu);
  EXPECT_EQ(block.jitter, 320u);
  EXPECT_EQ(block.last_sr, 0xAABBCCDDu);
  EXPECT_EQ(block.delay_since_last_sr, 65536u);
  const auto description = std::get<SourceDescription>(*compound->next());
  EXPECT_EQ(description.cname, "user@host");
  const auto goodbye = std::get<Goodbye>(*compound->next());
  EXPECT_TRUE(goodbye.names(7));
  EXPECT_FALSE(goodbye.names(8));
  EXPECT_FALSE(compound->next());
}

TEST(Rtcp, DescriptionsOfEveryLengthAreWholeWordsThatEndWithAZero) {
  for (std::size_t length = 0; length <= 255; ++length) {
    std::array<std::byte, 300> buffer;
    RtcpWriter writer(buffer);
    const std::string cname(length, 'x');
    writer.source_description(1, cname);
    auto compound = RtcpCompound::parse(writer.written());
    ASSERT_TRUE(compound) << length;
    EXPECT_EQ(std::get<SourceDescription>(*compound->next()).cname, cname);
    EXPECT_EQ(writer.written().back(), std::byte{0});
  }
}

TEST(Rtcp, APacketOfFourBytesIsNotParsed) {  // rule M5
  EXPECT_EQ(Parsed({0x80, 201, 0, 0}).error(), RtcpError::too_short);
  EXPECT_EQ(Parsed({0x81, 203, 0, 0}).error(), RtcpError::too_short);
  // Also inside a compound: passed over.
  Parsed compound({0x80, 203, 0, 0, 0x80, 201, 0, 1, 0, 0, 0, 9});
  ASSERT_TRUE(compound.compound);
  EXPECT_EQ(std::get<ReceiverReport>(*compound.next()).ssrc, 9u);
}

TEST(Rtcp, FeedbackAndUnknownTypesAreHandedOnUnread) {
  Parsed compound({0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2,  // PLI
                   0x80, 207, 0, 1, 0, 0, 0, 3,              // XR
                   0x80, 201, 0, 1, 0, 0, 0, 9});
  ASSERT_TRUE(compound.compound);
  const auto feedback = std::get<OtherRtcp>(*compound.next());
  EXPECT_EQ(feedback.type, 206);
  EXPECT_EQ(feedback.format, 1);
  EXPECT_EQ(feedback.body.size(), 8u);
  EXPECT_EQ(std::get<OtherRtcp>(*compound.next()).type, 207);
  EXPECT_EQ(std::get<ReceiverReport>(*compound.next()).ssrc, 9u);
}

TEST(Rtcp, LiesAboutLengthsAreRefusedOrPassedOver) {  // rule M5
  // A length beyond the datagram.
  EXPECT_EQ(Parsed({0x80, 201, 0, 2, 0, 0, 0, 9}).error(), RtcpError::bad_length);
  EXPECT_EQ(Parsed({0x80, 201, 0xFF, 0xFF, 0, 0, 0, 9}).error(), RtcpError::bad_length);
  // More padding than body, and padding in the middle.
  EXPECT_EQ(Parsed({0xA0, 201, 0, 1, 0, 0, 0, 8}).error(), RtcpError::bad_padding);
  EXPECT_EQ(
      Parsed({0xA0, 201, 0, 2, 0, 0, 0, 9, 0, 0, 0, 4, 0x80, 201, 0, 1, 0, 0, 0, 9}).error(),
      RtcpError::bad_padding
  );
  // Thirty-one report blocks claimed, none there.
  EXPECT_FALSE(Parsed({0x9F, 201, 0, 1, 0, 0, 0, 9}).next());
  // A CNAME longer than its packet; a BYE reason longer than its packet.
  EXPECT_FALSE(Parsed({0x81, 202, 0, 2, 0, 0, 0, 9, 1, 255, 'a', 'b'}).next());
  Parsed goodbye({0x81, 203, 0, 2, 0, 0, 0, 9, 200, 'a', 'b', 'c'});
  EXPECT_EQ(std::get<Goodbye>(*goodbye.next()).reason, "");
  EXPECT_EQ(Parsed({0x40, 201, 0, 1, 0, 0, 0, 9}).error(), RtcpError::not_version_2);
}

TEST(Rtcp, EveryCutOfACompoundIsSafe) {
  std::array<std::byte, 256> buffer;
  RtcpWriter writer(buffer);
  writer.receiver_report(7, std::span(&sample_block, 1));
  writer.source_description(7, "cname");
  const auto whole = writer.written();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<long>(length));
    auto compound = RtcpCompound::parse(cut);
    if (length != 32) {  // just the first packet, whole
      EXPECT_FALSE(compound) << length;
    }
  }
}

TEST(Rtcp, WhatDoesNotFitIsNotWritten) {
  std::array<std::byte, 20> buffer;
  RtcpWriter writer(buffer);
  writer.receiver_report(7, std::span(&sample_block, 1));
  EXPECT_TRUE(writer.written().empty());
}

}  // namespace
}  // namespace belfry::rtp
