#include "webrtc/transport.hpp"

#include <gtest/gtest.h>

#include "webrtc/testing/rig.hpp"

namespace belfry::webrtc {
namespace {

using testing::address;
using testing::Bytes;
using testing::Identity;
using testing::Packets;
using testing::Rig;
using testing::rtcp_packet;
using testing::rtp_packet;
using namespace std::chrono_literals;

TEST(WebrtcTransport, ConnectsAndCarriesPacketsBothWays) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  EXPECT_EQ(rig.count<Connected>(), 1U);
  EXPECT_EQ(rig.server.srtp_suite(), rtp::SrtpSuite::aead_aes_128_gcm);
  EXPECT_TRUE(rig.client.send_rtp(rtp_packet(1)));
  EXPECT_TRUE(rig.client.send_rtcp(rtcp_packet()));
  EXPECT_TRUE(rig.server.send_rtp(rtp_packet(2), rig.clock.now()));
  EXPECT_TRUE(rig.server.send_rtcp(rtcp_packet(9), rig.clock.now()));
  rig.run(50ms);
  EXPECT_EQ(rig.server_ear.rtp, Packets{rtp_packet(1)});
  EXPECT_EQ(rig.server_ear.rtcp, Packets{rtcp_packet()});
  EXPECT_EQ(rig.client_ear.rtp, Packets{rtp_packet(2)});
  EXPECT_EQ(rig.client_ear.rtcp, Packets{rtcp_packet(9)});
  EXPECT_EQ(rig.server.counters().packets_in, 2U);
  EXPECT_EQ(rig.server.counters().packets_out, 2U);
  EXPECT_GT(rig.server.counters().last_packet_in, base::Instant{});
}

TEST(WebrtcTransport, ConnectsWithAPeerThatHasOnlyHmacSha1) {
  const std::array only = {rtp::SrtpSuite::aes_128_hmac_sha1_80};
  const Identity old(only);
  Rig rig({.client = &old, .expected_client = old.context.fingerprint()});
  ASSERT_TRUE(rig.connect());
  EXPECT_EQ(rig.server.srtp_suite(), rtp::SrtpSuite::aes_128_hmac_sha1_80);
  rig.client.send_rtp(rtp_packet(1));
  rig.server.send_rtp(rtp_packet(2), rig.clock.now());
  rig.run(50ms);
  EXPECT_EQ(rig.server_ear.rtp, Packets{rtp_packet(1)});
  EXPECT_EQ(rig.client_ear.rtp, Packets{rtp_packet(2)});
}

struct Weathered : ::testing::TestWithParam<testing::Weather> {};
INSTANTIATE_TEST_SUITE_P(
    Weathers, Weathered,
    ::testing::Values(
        testing::Weather{0, 0, 20ms, 0ms}, testing::Weather{0, 0, 20ms, 60ms},
        testing::Weather{0.2, 0, 20ms, 0ms}, testing::Weather{0.2, 0.1, 20ms, 60ms}
    )
);

TEST_P(Weathered, EverySetUpSucceedsWithinTenSeconds) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Rig rig({.weather = GetParam(), .seed = seed});
    ASSERT_TRUE(rig.connect(10s)) << seed;
    // Fifty packets each way: at least one comes through.
    for (std::uint16_t number = 0; number < 50; ++number) {
      rig.client.send_rtp(rtp_packet(number));
      rig.server.send_rtp(rtp_packet(number), rig.clock.now());
      rig.run(20ms);
    }
    EXPECT_FALSE(rig.server_ear.rtp.empty()) << seed;
    EXPECT_FALSE(rig.client_ear.rtp.empty()) << seed;
    EXPECT_EQ(rig.count<Connected>(), 1U);
    EXPECT_EQ(rig.events.size(), 1U);
  }
}

TEST(WebrtcTransport, AClientThatBeginsBeforeItsDescriptionIsHereConnectsAfterIt) {
  Rig rig({.set_remote = false});
  rig.run(1s);
  EXPECT_TRUE(rig.client.checked());
  EXPECT_GT(rig.server.counters().early, 0U);
  EXPECT_EQ(rig.server.dtls_state(), DtlsState::fresh);
  rig.set_remote();
  EXPECT_TRUE(rig.connect());
}

TEST(WebrtcTransport, DtlsIsAnsweredWhereItCameFromAndNotWhereMediaGoes) {
  const Bytes hello = testing::client_hello();
  Rig rig;
  rig.receive(rig.check(false), address(1));
  rig.receive(rig.check(true), address(2));
  ASSERT_EQ(*rig.server.ice().selected(), address(2));
  rig.sent_to.clear();
  rig.receive(hello, address(1));
  EXPECT_EQ(rig.sent_to, std::vector{address(1)});
  rig.server.handle_timeout(*rig.server.next_timeout());
  EXPECT_EQ(rig.sent_to, (std::vector{address(1), address(1)}));
}

TEST(WebrtcTransport, M3AWrongFingerprintFailsWithThatReasonAndNoPacketIsTaken) {
  const Identity impostor;
  Rig rig({.client = &impostor});  // the server expects another
  EXPECT_FALSE(rig.connect(2s));
  ASSERT_EQ(rig.count<Failed>(), 1U);
  EXPECT_EQ(std::get<Failed>(rig.events[0]).reason, TransportFailure::wrong_fingerprint);
  EXPECT_EQ(rig.events.size(), 1U);
  rig.receive(rtp_packet(1), address(1));
  EXPECT_TRUE(rig.server_ear.rtp.empty());
  EXPECT_FALSE(rig.server.send_rtp(rtp_packet(1), rig.clock.now()));
  EXPECT_FALSE(rig.server.srtp_suite());
}

TEST(WebrtcTransport, M3PacketsBeforeTheKeysAreDroppedAndNoneIsSent) {
  Rig rig;
  rig.receive(rig.check(true), address(1));
  rig.receive(rtp_packet(1), address(1));
  rig.receive(rtcp_packet(), address(1));
  EXPECT_TRUE(rig.server_ear.rtp.empty());
  EXPECT_EQ(rig.server.counters().early, 2U);
  rig.sent_to.clear();
  EXPECT_FALSE(rig.server.send_rtp(rtp_packet(1), rig.clock.now()));
  EXPECT_TRUE(rig.sent_to.empty());
}

TEST(WebrtcTransport, M3SilenceOfThirtySecondsEndsSendingAndACheckBringsItBack) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  rig.run(60s);  // the client keeps its consent fresh
  EXPECT_EQ(rig.count<ConsentLost>(), 0U);
  EXPECT_TRUE(rig.server.send_rtp(rtp_packet(1), rig.clock.now()));
  rig.client_is_there = false;
  rig.run(27s);
  EXPECT_TRUE(rig.server.send_rtp(rtp_packet(2), rig.clock.now()));
  rig.run(4s);
  EXPECT_EQ(rig.count<ConsentLost>(), 1U);
  rig.sent_to.clear();
  EXPECT_FALSE(rig.server.send_rtp(rtp_packet(3), rig.clock.now()));
  EXPECT_FALSE(rig.server.send_rtcp(rtcp_packet(), rig.clock.now()));
  EXPECT_TRUE(rig.sent_to.empty());
  rig.client_is_there = true;
  rig.run(100ms);
  EXPECT_EQ(rig.count<ConsentRegained>(), 1U);
  EXPECT_TRUE(rig.server.send_rtp(rtp_packet(4), rig.clock.now()));
  rig.run(100ms);
  EXPECT_EQ(rig.client_ear.rtp.back(), rtp_packet(4));
}

TEST(WebrtcTransport, FailsWhenNoCheckComes) {
  Rig rig;
  rig.client_is_there = false;
  rig.run(30s - 1ms);
  EXPECT_EQ(rig.count<Failed>(), 0U);
  rig.run(1ms);
  ASSERT_EQ(rig.count<Failed>(), 1U);
  EXPECT_EQ(std::get<Failed>(rig.events[0]).reason, TransportFailure::no_check);
  EXPECT_FALSE(rig.server.next_timeout());
}

TEST(WebrtcTransport, FailsWhenTheHandshakeDoesNotEnd) {
  Rig rig;
  rig.receive(rig.check(true), address(9));
  rig.client_is_there = false;
  rig.run(30s);
  ASSERT_EQ(rig.count<Failed>(), 1U);
  EXPECT_EQ(std::get<Failed>(rig.events[0]).reason, TransportFailure::no_handshake);
}

TEST(WebrtcTransport, ANominationMovesWhereMediaGoes) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  rig.client_at = address(5);  // another network
  rig.run(3s);                 // the next consent check
  rig.sent_to.clear();
  rig.server.send_rtp(rtp_packet(1), rig.clock.now());
  EXPECT_EQ(rig.sent_to, std::vector{address(5)});
  rig.client.send_rtp(rtp_packet(2));
  rig.run(50ms);
  EXPECT_EQ(rig.client_ear.rtp, Packets{rtp_packet(1)});
  EXPECT_EQ(rig.server_ear.rtp, Packets{rtp_packet(2)});
}

TEST(WebrtcTransport, AnIceRestartKeepsKeysAndLosesNoPacket) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  const auto masters = *rig.client.dtls().masters();
  const auto fresh = IceCredentials::make(rig.random), theirs = IceCredentials::make(rig.random);
  std::uint16_t number = 0;
  const auto talk = [&] {
    rig.client.send_rtp(rtp_packet(++number));
    rig.server.send_rtp(rtp_packet(number), rig.clock.now());
    rig.run(20ms);
  };
  for (int i = 0; i < 10; ++i) talk();
  rig.server.restart_ice(fresh, theirs.ufrag);
  for (int i = 0; i < 10; ++i) talk();  // the answer is on its way
  rig.client.restart_ice(theirs, fresh, rig.clock.now());
  for (int i = 0; i < 10; ++i) talk();
  rig.run(50ms);
  EXPECT_TRUE(rig.client.checked());
  EXPECT_EQ(rig.server.ice().local(), fresh);
  EXPECT_EQ(rig.server.ice().previous(), nullptr);
  EXPECT_EQ(rig.server_ear.rtp.size(), 30U);
  EXPECT_EQ(rig.client_ear.rtp.size(), 30U);
  EXPECT_EQ(*rig.client.dtls().masters(), masters);
}

TEST(WebrtcTransport, EitherEndHearsOfTheOthersClose) {
  Rig first;
  ASSERT_TRUE(first.connect());
  first.client.close();
  first.run(50ms);
  EXPECT_EQ(first.count<PeerClosed>(), 1U);
  EXPECT_FALSE(first.server.send_rtp(rtp_packet(1), first.clock.now()));

  Rig second;
  ASSERT_TRUE(second.connect());
  second.server.close();
  second.run(50ms);
  EXPECT_EQ(second.client.dtls().state(), DtlsState::closed);
  second.sent_to.clear();
  second.run(10s);
  EXPECT_TRUE(second.sent_to.empty());  // M6: the port is silent
}

}  // namespace
}  // namespace belfry::webrtc
