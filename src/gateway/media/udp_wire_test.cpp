#include "gateway/media/udp_wire.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

const net::IpAddress loopback = net::IpAddress::v4({127, 0, 0, 1});

struct Sink final : PacketSink {
  void on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant at) override {
    arrived = at;
    (kind == PacketKind::rtp ? rtp : rtcp) += std::to_string(std::to_integer<int>(bytes.front()));
  }
  std::string rtp;
  std::string rtcp;
  base::Instant arrived{};  // the last of them
};

/// Somebody on the network, at an address of its own.
class Peer {
 public:
  explicit Peer(const char* host = "127.0.0.1") : fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, host, &address.sin_addr);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t length = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    address_ = *net::Address::from(host, ntohs(address.sin_port));
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { close(fd_); }
  const net::Address& address() const { return address_; }
  void send(std::uint16_t port, std::uint8_t byte) const {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    EXPECT_EQ(sendto(fd_, &byte, 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to), 1);
  }
  int packets() const {
    int count = 0;
    std::array<char, 64> buffer{};
    while (recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT) >= 0) ++count;
    return count;
  }

 private:
  int fd_;
  net::Address address_;
};

struct UdpWireTest : testing::Test {
  base::SeededRandom random{3};
  std::unique_ptr<UdpWire> wire =
      std::move(*UdpWire::open(loopback, {.first = 21000, .last = 29999}, random));
  base::Instant now{std::chrono::hours(1)};
  Sink sink;

  void agree(const Peer& peer) {
    MediaTerms terms;
    terms.remote = peer.address();
    wire->apply(terms, now);
  }
  std::string received() {
    // Loopback delivers before sendto returns.
    sink.rtp.clear();
    wire->receive(now, sink);
    return sink.rtp;
  }
};

TEST_F(UdpWireTest, RtpIsOnAnEvenPortAndPairsDiffer) {
  EXPECT_EQ(wire->port() % 2, 0);
  const auto other = UdpWire::open(loopback, {.first = 21000, .last = 29999}, random);
  ASSERT_TRUE(other);
  EXPECT_NE((*other)->port(), wire->port());
}

TEST_F(UdpWireTest, AnExhaustedRangeIsAnError) {
  const UdpWire::Range tiny{.first = 20998, .last = 20999};
  const auto first = UdpWire::open(loopback, tiny, random);
  ASSERT_TRUE(first);
  const auto second = UdpWire::open(loopback, tiny, random);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Errc::unavailable);
}

TEST_F(UdpWireTest, RuleM1BelievesTheSignalledAddressOnly) {
  const Peer party, stranger("127.0.0.2");
  stranger.send(wire->port(), 9);
  EXPECT_EQ(received(), "") << "nothing is agreed yet";
  agree(party);
  stranger.send(wire->port(), 9);
  party.send(wire->port(), 1);
  EXPECT_EQ(received(), "1");
}

TEST_F(UdpWireTest, RuleM1LatchesOnceOnTheSameHostAndNeverInTheCall) {
  const Peer signalled, behind_nat, attacker("127.0.0.2"), late;
  agree(signalled);
  attacker.send(wire->port(), 9);
  EXPECT_EQ(received(), "");
  behind_nat.send(wire->port(), 2);
  EXPECT_EQ(received(), "2");
  late.send(wire->port(), 8);
  attacker.send(wire->port(), 9);
  behind_nat.send(wire->port(), 3);
  EXPECT_EQ(received(), "3");
  const std::array<std::byte, 1> packet{};
  wire->send(PacketKind::rtp, packet, now);
  EXPECT_EQ(behind_nat.packets(), 1);
  EXPECT_EQ(attacker.packets() + late.packets() + signalled.packets(), 0) << "rule M6";
}

TEST_F(UdpWireTest, RuleM1TheWindowForLatchingIsFiveSeconds) {
  const Peer signalled, late;
  agree(signalled);
  now += 6s;
  late.send(wire->port(), 8);
  EXPECT_EQ(received(), "");
  signalled.send(wire->port(), 1);
  EXPECT_EQ(received(), "1");
}

TEST_F(UdpWireTest, PacketsArriveAfterTheyWereSentAlsoInAStepThatBeganLongBefore) {
  const Peer party;
  agree(party);
  const base::SystemClock clock;
  const base::Instant sent = clock.now();
  now = sent - 30ms;
  party.send(wire->port(), 1);
  EXPECT_EQ(received(), "1");
  EXPECT_GE(sink.arrived, sent - 1ms) << "the wall clock may be set a little";
  EXPECT_LE(sink.arrived, clock.now());
}

}  // namespace
}  // namespace belfry::gateway::media
