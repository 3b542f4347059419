#include "gateway/media/srtp_wire.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "rtp/packet.hpp"

namespace belfry::gateway::media {
namespace {

using Packet = std::vector<std::byte>;

/// Keeps what is sent on it and hands out what a test puts in.
struct Cable final : Wire {
  void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant) override {
    sent.emplace_back(kind, Packet(bytes.begin(), bytes.end()));
  }
  void receive(base::Instant now, PacketSink& sink) override {
    for (const auto& [kind, packet] : std::exchange(arriving, {}))
      sink.on_packet(kind, packet, now);
  }
  void apply(const MediaTerms&, base::Instant) override { ++applied; }
  std::deque<std::pair<PacketKind, Packet>> sent, arriving;
  int applied = 0;
};

struct Inbox final : PacketSink {
  void on_packet(PacketKind, std::span<const std::byte> bytes, base::Instant) override {
    packets.emplace_back(bytes.begin(), bytes.end());
  }
  std::vector<Packet> packets;
};

rtp::SrtpMaster key(std::byte fill) {
  return {rtp::SrtpSuite::aes_128_hmac_sha1_80, Packet(30, fill)};
}

MediaTerms encrypted(std::byte ours, std::byte theirs) {
  MediaTerms terms;
  terms.srtp = *SrtpSession::create({key(ours), key(theirs)});
  return terms;
}

Packet audio(std::uint16_t sequence) {
  Packet packet(32);
  rtp::write_packet({false, 0, sequence, 1, 7}, Packet(20, std::byte{5}), packet);
  return packet;
}

struct SrtpWireTest : testing::Test {
  /// Two wires end to end.
  void apply(std::byte left_key, std::byte right_key) {
    left.apply(encrypted(left_key, right_key), now);
    right.apply(encrypted(right_key, left_key), now);
  }
  void send(PacketKind kind, const Packet& packet) {
    left.send(kind, packet, now);
    right_cable->arriving = std::exchange(left_cable->sent, {});
    right.receive(now, inbox);
  }

  base::Instant now{};
  Cable* left_cable = new Cable;  // owned by the wires
  Cable* right_cable = new Cable;
  SrtpWire left{std::unique_ptr<Wire>(left_cable)}, right{std::unique_ptr<Wire>(right_cable)};
  Inbox inbox;
};

TEST_F(SrtpWireTest, WithoutKeysItIsTheWireItself) {
  left.apply({}, now);
  left.send(PacketKind::rtp, audio(1), now);
  EXPECT_EQ(left_cable->sent.front().second, audio(1));
  EXPECT_EQ(left_cable->applied, 1);
}

TEST_F(SrtpWireTest, AudioAndReportsAreEncryptedOnTheWayOnly) {
  apply(std::byte{1}, std::byte{2});
  left.send(PacketKind::rtp, audio(1), now);
  EXPECT_NE(left_cable->sent.front().second, audio(1));
  left_cable->sent.clear();
  send(PacketKind::rtp, audio(2));
  Packet report(16, std::byte{0x80});
  send(PacketKind::rtcp, report);
  EXPECT_EQ(inbox.packets, (std::vector<Packet>{audio(2), report}));
}

TEST_F(SrtpWireTest, M4_BadPacketsAreDroppedAndTheCallGoesOn) {
  apply(std::byte{1}, std::byte{2});
  for (int number = 0; number < 10'000; ++number)
    right_cable->arriving.emplace_back(PacketKind::rtp, audio(static_cast<std::uint16_t>(number)));
  right.receive(now, inbox);
  EXPECT_TRUE(inbox.packets.empty());
  send(PacketKind::rtp, audio(1));
  EXPECT_EQ(inbox.packets.size(), 1u);
}

TEST_F(SrtpWireTest, AKeyThatStaysKeepsItsCountersOverNewTerms) {
  apply(std::byte{1}, std::byte{2});
  for (std::uint32_t number = 65'530; number < 65'540; ++number)
    send(PacketKind::rtp, audio(static_cast<std::uint16_t>(number)));
  EXPECT_EQ(inbox.packets.size(), 10u);
  left.apply(encrypted(std::byte{1}, std::byte{2}), now);  // a hold: only we know of it
  send(PacketKind::rtp, audio(4));
  EXPECT_EQ(inbox.packets.size(), 11u) << "the roll-over is still known";
  send(PacketKind::rtp, audio(4));
  EXPECT_EQ(inbox.packets.size(), 11u) << "and so are the numbers";
}

TEST_F(SrtpWireTest, ANewKeyStartsAnew) {
  apply(std::byte{1}, std::byte{2});
  send(PacketKind::rtp, audio(40));
  apply(std::byte{3}, std::byte{2});
  send(PacketKind::rtp, audio(40));
  EXPECT_EQ(inbox.packets.size(), 2u);
}

}  // namespace
}  // namespace belfry::gateway::media
