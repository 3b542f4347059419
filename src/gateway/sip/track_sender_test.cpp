#include "gateway/sip/track_sender.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "gateway/media/srtp_wire.hpp"
#include "media/g711.hpp"
#include "rtp/packet.hpp"
#include "rtp/rtcp.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace std::chrono_literals;

struct Sent {
  std::vector<std::vector<std::byte>> rtp, rtcp;
};

/// Keeps what is sent.
class Paper final : public media::Wire {
 public:
  explicit Paper(Sent& sent) : sent_(sent) {}
  void send(media::PacketKind kind, std::span<const std::byte> bytes, base::Instant) override {
    auto& list = kind == media::PacketKind::rtp ? sent_.rtp : sent_.rtcp;
    list.emplace_back(bytes.begin(), bytes.end());
  }
  void receive(base::Instant, media::PacketSink&) override {}
  void apply(const media::MediaTerms&, base::Instant) override {}

 private:
  Sent& sent_;
};

struct TrackSending : testing::Test {
  void send_at(base::Duration since_start, std::int16_t level = 1000) {
    const std::vector<std::int16_t> samples(160, level);
    sender.send(since_start, samples, clock.now(), clock.wall_now());
    clock.advance(20ms);
  }
  rtp::PacketView packet(std::size_t index) { return *rtp::parse_packet(sent.rtp.at(index)); }

  Sent sent;
  base::VirtualClock clock;
  base::SeededRandom random{3};
  TrackSender sender{call::Track::inbound, std::make_unique<Paper>(sent), "SR1@host", random};
};

TEST_F(TrackSending, FramesFollowEachOtherByOneClock) {
  sender.set_terms({}, clock.now());
  send_at(0ms);
  send_at(20ms + 60us);  // the tap's times are not whole samples
  send_at(39ms);
  ASSERT_EQ(sent.rtp.size(), 3U);
  EXPECT_TRUE(packet(0).marker);
  EXPECT_FALSE(packet(1).marker);
  for (const std::size_t i : {1U, 2U}) {
    EXPECT_EQ(packet(i).timestamp, packet(i - 1).timestamp + 160);
    EXPECT_EQ(packet(i).sequence, static_cast<std::uint16_t>(packet(i - 1).sequence + 1));
    EXPECT_EQ(packet(i).ssrc, packet(0).ssrc);
  }
  EXPECT_EQ(packet(0).payload_type, 0);
  EXPECT_EQ(packet(0).payload.size(), 160U);
  EXPECT_EQ(packet(0).payload[7], belfry::media::to_mulaw(1000));
}

TEST_F(TrackSending, WhatIsMissingIsAGapInTheTimestamps) {
  sender.set_terms({}, clock.now());
  send_at(0ms);
  send_at(100ms);
  EXPECT_EQ(packet(1).timestamp, packet(0).timestamp + 800);
  EXPECT_EQ(packet(1).sequence, static_cast<std::uint16_t>(packet(0).sequence + 1));
  EXPECT_TRUE(packet(1).marker);
}

TEST_F(TrackSending, ARecorderThatWantsALawOrNothingGetsThat) {
  media::MediaTerms terms;
  terms.codec = belfry::media::Codec::pcma;
  terms.payload_type_out = 8;
  sender.set_terms(terms, clock.now());
  send_at(0ms);
  EXPECT_EQ(packet(0).payload_type, 8);
  EXPECT_EQ(packet(0).payload[0], belfry::media::to_alaw(1000));
  terms.send = false;
  sender.set_terms(terms, clock.now());
  send_at(20ms);
  EXPECT_EQ(sent.rtp.size(), 1U);
}

TEST_F(TrackSending, ReportsSayWhenAndHowMuch) {
  sender.set_terms({}, clock.now());
  for (int frame = 0; frame < 260; ++frame) send_at(frame * 20ms);
  sender.finish(clock.now(), clock.wall_now());
  ASSERT_EQ(sent.rtcp.size(), 3U) << "the first, one after 5 s, the last";
  auto last = rtp::RtcpCompound::parse(sent.rtcp.back());
  ASSERT_TRUE(last);
  const auto report = std::get<rtp::SenderReport>(*last->next());
  EXPECT_EQ(report.ssrc, packet(0).ssrc);
  EXPECT_EQ(report.sender.packets, 260U);
  EXPECT_EQ(report.sender.octets, 260U * 160U);
  EXPECT_EQ(report.sender.rtp_time, packet(259).timestamp + 160);
  EXPECT_EQ(std::get<rtp::SourceDescription>(*last->next()).cname, "SR1@host");
  EXPECT_TRUE(std::get<rtp::Goodbye>(*last->next()).names(packet(0).ssrc));
}

TEST_F(TrackSending, WithKeysItIsSrtp) {
  const auto suite = rtp::srtp_suites.front();
  const std::vector<std::byte> key(rtp::key_size(suite) + rtp::salt_size(suite), std::byte{5});
  TrackSender secret{
      call::Track::inbound, std::make_unique<media::SrtpWire>(std::make_unique<Paper>(sent)),
      "SR1@host", random
  };
  media::MediaTerms terms;
  terms.srtp = *media::SrtpSession::create({{suite, key}, {suite, key}});
  secret.set_terms(terms, clock.now());
  secret.send(0ms, std::vector<std::int16_t>(160, 1000), clock.now(), clock.wall_now());
  ASSERT_EQ(sent.rtp.size(), 1U);
  EXPECT_NE(packet(0).payload[7], belfry::media::to_mulaw(1000));
  auto receiver = rtp::SrtpReceiver::create({suite, key});
  ASSERT_TRUE(receiver);
  std::array<std::byte, 1500> buffer{};
  const auto plain = receiver->unprotect(sent.rtp[0], buffer);
  ASSERT_TRUE(plain);
  EXPECT_EQ(rtp::parse_packet(*plain)->payload[7], belfry::media::to_mulaw(1000));
}

TEST_F(TrackSending, WithoutTermsNothingIsSentAndNoGoodbye) {
  send_at(0ms);
  sender.finish(clock.now(), clock.wall_now());
  EXPECT_TRUE(sent.rtp.empty());
  EXPECT_TRUE(sent.rtcp.empty());
}

}  // namespace
}  // namespace belfry::gateway::sip
