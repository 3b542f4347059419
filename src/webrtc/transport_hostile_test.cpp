// What strangers and broken peers send to a transport (rules M2, M4, M5).
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "webrtc/testing/rig.hpp"

namespace {

std::atomic<std::size_t> allocations = 0;

void* count_malloc(std::size_t size, const char*, int) {
  ++allocations;
  return std::malloc(size);
}
void* count_realloc(void* old, std::size_t size, const char*, int) {
  ++allocations;
  return std::realloc(old, size);
}
void count_free(void* memory, const char*, int) {
  std::free(memory);
}
// Before OpenSSL has any memory.
const int openssl_is_counted = CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free);

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace belfry::webrtc {
namespace {

using testing::address;
using testing::Bytes;
using testing::client_hello;
using testing::Rig;
using testing::rtcp_packet;
using testing::rtp_packet;
using namespace std::chrono_literals;

TEST(WebrtcTransportHostile, AllocationsOfOpenSslAreCounted) {
  ASSERT_EQ(openssl_is_counted, 1);
  const std::size_t before = allocations;
  OPENSSL_free(OPENSSL_malloc(10));
  EXPECT_GT(allocations, before);
}

TEST(WebrtcTransportHostile, M2ClientHellosOfStrangersCostNothingAndDisturbNoSetUp) {
  const Bytes hello = client_hello();
  ASSERT_FALSE(hello.empty());
  Rig rig({.weather = {0, 0, 5ms, 0ms}});
  std::size_t spent = 0;
  for (int burst = 0; burst < 100; ++burst) {
    const std::size_t before = allocations;
    for (int i = 0; i < 20; ++i) rig.receive(hello, address(100 + burst));
    spent += allocations - before;
    rig.run(1ms);
  }
  EXPECT_EQ(spent, 0U);
  EXPECT_EQ(rig.server.counters().from_strangers, 2000U);
  ASSERT_TRUE(rig.connect());
  for (const Path& to : rig.sent_to) EXPECT_EQ(to, address(1));  // M6
}

TEST(WebrtcTransportHostile, M2ForgedChecksCostNothingAndAreNotAnswered) {
  Rig rig;
  Bytes forged = rig.check(true);
  const std::size_t mac = forged.size() - 8 - 20;
  forged[mac] ^= std::byte{1};
  const Bytes unknown = [&] {
    Bytes buffer(stun::longest_written);
    const IntegrityKey key("guess");
    return testing::copy(stun::write_request({{}, "who:knows", 1, 1, true, true}, key, buffer));
  }();
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) {
    rig.receive(forged, address(66));
    rig.receive(unknown, address(66));
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(rig.server.counters().stun_bad, 2000U);
  EXPECT_TRUE(rig.sent_to.empty());
  EXPECT_TRUE(rig.connect());
}

TEST(WebrtcTransportHostile, M4TenThousandBadPacketsChangeNothing) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  base::SeededRandom random(3);
  std::uint16_t number = 0;
  for (int i = 0; i < 10'000; ++i) {
    Bytes bad = i % 3 == 0 ? rtcp_packet() : rtp_packet(static_cast<std::uint16_t>(random.next()));
    if (i % 3 == 1) {
      bad.resize(1 + random.below(200));
      random.fill(bad);
      bad[0] = static_cast<std::byte>(0x80 | random.below(64));
    }
    rig.receive(bad, address(1));
    if (i % 1000 == 0) {
      rig.client.send_rtp(rtp_packet(++number));
      rig.run(20ms);
    }
  }
  EXPECT_EQ(rig.server.counters().srtp_bad, 10'000U);
  EXPECT_EQ(rig.server_ear.rtp.size(), 10U);
  EXPECT_TRUE(rig.server_ear.rtcp.empty());
  EXPECT_EQ(rig.count<Connected>(), 1U);
  EXPECT_EQ(rig.events.size(), 1U);
}

TEST(WebrtcTransportHostile, M4AReplayedPacketIsHeardOnce) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  rig.client.send_rtp(rtp_packet(1));
  const Bytes packet = rig.from_client.back();
  rig.client.send_rtcp(rtcp_packet());
  const Bytes control = rig.from_client.back();
  rig.run(50ms);
  for (int i = 0; i < 100; ++i) {
    rig.receive(packet, address(1));
    rig.receive(control, address(1));
  }
  EXPECT_EQ(rig.server_ear.rtp.size(), 1U);
  EXPECT_EQ(rig.server_ear.rtcp.size(), 1U);
  EXPECT_EQ(rig.server.counters().srtp_replayed, 200U);
}

TEST(WebrtcTransportHostile, M2AuthenticPacketsFromAPathWithoutACheckAreDropped) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  rig.client.send_rtp(rtp_packet(1));
  const Bytes packet = rig.from_client.back();
  rig.receive(packet, address(77));
  EXPECT_TRUE(rig.server_ear.rtp.empty());
  EXPECT_EQ(rig.server.counters().from_strangers, 1U);
}

TEST(WebrtcTransportHostile, M4RecordsOfGarbageEndNoSession) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  base::SeededRandom random(5);
  for (int i = 0; i < 2000; ++i) {
    Bytes record(1 + random.below(300));
    random.fill(record);
    record[0] = static_cast<std::byte>(20 + random.below(44));
    rig.receive(record, address(1));
  }
  EXPECT_EQ(rig.server.dtls_state(), DtlsState::connected);
  rig.client.send_rtp(rtp_packet(1));
  rig.run(50ms);
  EXPECT_EQ(rig.server_ear.rtp.size(), 1U);
}

TEST(WebrtcTransportHostile, APacketCostsNoAllocation) {
  Rig rig;
  ASSERT_TRUE(rig.connect());
  std::vector<Bytes> sealed;
  for (std::uint16_t number = 0; number < 100; ++number) {
    rig.client.send_rtp(rtp_packet(number));
    sealed.push_back(rig.from_client.back());
  }
  const Bytes plain_first = rtp_packet(1), plain_second = rtp_packet(2), control = rtcp_packet();
  rig.keep_nothing();
  const std::size_t before = allocations;
  for (const Bytes& packet : sealed) rig.receive(packet, address(1));
  EXPECT_TRUE(rig.server.send_rtp(plain_first, rig.clock.now()));
  EXPECT_TRUE(rig.server.send_rtp(plain_second, rig.clock.now()));
  EXPECT_TRUE(rig.server.send_rtcp(control, rig.clock.now()));
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(rig.server.counters().packets_in, sealed.size());
}

}  // namespace
}  // namespace belfry::webrtc
