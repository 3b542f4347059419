#include "webrtc/dtls.hpp"

#include <gtest/gtest.h>

#include "webrtc/testing/rig.hpp"

namespace belfry::webrtc {
namespace {

using testing::Bytes;
using testing::client_identity;
using testing::copy;
using testing::Identity;
using testing::server_identity;
using namespace std::chrono_literals;

/// Both ends of one association with a network between them.
struct Pair {
  explicit Pair(
      testing::Weather weather = {}, std::uint64_t seed = 1, const Identity& of = client_identity()
  )
      : link(weather, seed),
        server(server_identity().context, DtlsRole::passive, of.context.fingerprint()),
        client(of.context, DtlsRole::active, server_identity().context.fingerprint()) {}

  void send_all() {
    for (auto out = client.poll_transmit(); !out.empty(); out = client.poll_transmit()) {
      EXPECT_LE(out.size(), 1200U);
      link.send(0, base::as_text(out), clock.now());
    }
    for (auto out = server.poll_transmit(); !out.empty(); out = server.poll_transmit()) {
      EXPECT_LE(out.size(), 1200U);
      link.send(1, base::as_text(out), clock.now());
    }
  }
  void run(base::Duration time) {
    const base::Instant end = clock.now() + time;
    for (send_all(); next() <= end; send_all()) {
      clock.advance_to(next());
      while (link.next_delivery() <= clock.now()) {
        const auto delivery = link.take();
        (delivery.to == 0 ? server : client)
            .handle_datagram(base::as_bytes(delivery.bytes), clock.now());
      }
      server.handle_timeout(clock.now());
      client.handle_timeout(clock.now());
    }
    clock.advance_to(end);
  }
  base::Instant next() const {
    const auto at = [](const Dtls& end) {
      return end.next_timeout().value_or(base::Instant::max());
    };
    return std::min({link.next_delivery(), at(server), at(client)});
  }
  bool both_connected() const {
    return server.state() == DtlsState::connected && client.state() == DtlsState::connected;
  }

  base::VirtualClock clock;
  sip::LossyLink link;
  Dtls server, client;
};

TEST(Dtls, BothEndsGetTheSameKeysTheOtherWayRound) {
  Pair pair;
  pair.client.start(pair.clock.now());
  pair.run(100ms);
  ASSERT_TRUE(pair.both_connected());
  EXPECT_EQ(pair.server.masters()->send, pair.client.masters()->receive);
  EXPECT_EQ(pair.server.masters()->receive, pair.client.masters()->send);
  EXPECT_NE(pair.server.masters()->send, pair.server.masters()->receive);
  EXPECT_EQ(pair.server.masters()->send.suite, rtp::SrtpSuite::aead_aes_128_gcm);
  EXPECT_EQ(pair.server.cipher(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_FALSE(pair.server.next_timeout());
}

TEST(Dtls, SettlesForTheSuiteThatThePeerHas) {
  const std::array only = {rtp::SrtpSuite::aes_128_hmac_sha1_80};
  const Identity old(only);
  Pair pair({}, 1, old);
  pair.client.start(pair.clock.now());
  pair.run(100ms);
  ASSERT_TRUE(pair.both_connected());
  EXPECT_EQ(pair.server.masters()->send.suite, rtp::SrtpSuite::aes_128_hmac_sha1_80);
  EXPECT_EQ(pair.server.masters()->send, pair.client.masters()->receive);
}

TEST(Dtls, FailsWithoutASuiteInCommon) {
  const std::array only = {rtp::SrtpSuite::aes_128_hmac_sha1_32};
  const Identity other(only);
  Pair pair({}, 1, other);
  pair.client.start(pair.clock.now());
  pair.run(1s);
  EXPECT_FALSE(pair.server.masters());
  EXPECT_EQ(pair.server.state(), DtlsState::failed);
}

TEST(Dtls, RepeatsItsFlightByTheGivenClock) {
  Pair pair;
  pair.client.start(pair.clock.now());
  std::vector<base::Duration> sent;
  const auto drain = [&] {
    for (auto out = pair.client.poll_transmit(); !out.empty(); out = pair.client.poll_transmit())
      sent.push_back(pair.clock.elapsed());
  };
  for (drain(); sent.size() < 7; drain()) {
    pair.clock.advance_to(*pair.client.next_timeout());
    pair.client.handle_timeout(pair.clock.now());
  }
  EXPECT_EQ(sent, (std::vector<base::Duration>{0ms, 100ms, 300ms, 700ms, 1500ms, 3100ms, 5100ms}));
  pair.clock.advance(30s);
  pair.client.handle_timeout(pair.clock.now());
  EXPECT_EQ(pair.client.state(), DtlsState::failed);
  EXPECT_EQ(pair.client.failure(), DtlsFailure::timed_out);
}

TEST(Dtls, ConnectsOverANetworkThatLosesDoublesAndReorders) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Pair pair({0.3, 0.2, 5ms, 40ms}, seed);
    pair.client.start(pair.clock.now());
    pair.run(20s);
    EXPECT_TRUE(pair.both_connected()) << seed;
  }
}

TEST(Dtls, ALostLastFlightIsSentAgainWhenTheClientAsks) {
  Pair pair({0, 0, 5ms, 0ms});
  pair.client.start(pair.clock.now());
  while (pair.server.state() != DtlsState::connected) pair.run(1ms);
  while (pair.link.next_delivery() != base::Instant::max()) pair.link.take();
  ASSERT_EQ(pair.client.state(), DtlsState::connecting);
  pair.run(2s);
  EXPECT_TRUE(pair.both_connected());
}

TEST(Dtls, M3AnotherCertificateThanThatOfTheFingerprintFails) {
  const Identity impostor;
  base::VirtualClock clock;
  Dtls server(
      server_identity().context, DtlsRole::passive, client_identity().context.fingerprint()
  );
  Dtls client(impostor.context, DtlsRole::active, server_identity().context.fingerprint());
  client.start(clock.now());
  for (int round = 0; round < 10; ++round) {
    for (auto out = client.poll_transmit(); !out.empty(); out = client.poll_transmit())
      server.handle_datagram(out, clock.now());
    for (auto out = server.poll_transmit(); !out.empty(); out = server.poll_transmit())
      client.handle_datagram(out, clock.now());
  }
  EXPECT_EQ(server.state(), DtlsState::failed);
  EXPECT_EQ(server.failure(), DtlsFailure::wrong_fingerprint);
  EXPECT_FALSE(server.masters());
  EXPECT_EQ(client.state(), DtlsState::failed);
  EXPECT_EQ(client.failure(), DtlsFailure::alert);
}

TEST(Dtls, M3AnUnprotectedAlertAfterTheHandshakeEndsNothing) {
  Pair pair;
  pair.client.start(pair.clock.now());
  pair.run(100ms);
  ASSERT_TRUE(pair.both_connected());
  // Fatal, handshake_failure, in epoch 0 and in epoch 1.
  Bytes alert = {std::byte{21}, std::byte{0xFE}, std::byte{0xFD}, std::byte{0}, std::byte{0},
                 std::byte{0},  std::byte{0},    std::byte{0},    std::byte{0}, std::byte{0},
                 std::byte{9},  std::byte{0},    std::byte{2},    std::byte{2}, std::byte{40}};
  pair.server.handle_datagram(alert, pair.clock.now());
  alert[4] = std::byte{1};
  pair.server.handle_datagram(alert, pair.clock.now());
  EXPECT_EQ(pair.server.state(), DtlsState::connected);
}

TEST(Dtls, TheOtherEndHearsOfAClose) {
  Pair pair;
  pair.client.start(pair.clock.now());
  pair.run(100ms);
  ASSERT_TRUE(pair.both_connected());
  pair.client.close();
  pair.run(10ms);
  EXPECT_EQ(pair.client.state(), DtlsState::closed);
  EXPECT_EQ(pair.server.state(), DtlsState::closed);
  pair.server.close();  // of what has ended already
  pair.run(10ms);
}

TEST(Dtls, GarbageBeforeTheHandshakeDoesNotHinderIt) {
  Pair pair;
  base::SeededRandom random(7);
  for (int i = 0; i < 200; ++i) {
    Bytes garbage(1 + random.below(100));
    random.fill(garbage);
    garbage[0] = std::byte{22};
    pair.server.handle_datagram(garbage, pair.clock.now());
  }
  pair.client.start(pair.clock.now());
  pair.run(1s);
  EXPECT_TRUE(pair.both_connected());
}

}  // namespace
}  // namespace belfry::webrtc
