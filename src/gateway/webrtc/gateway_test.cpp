#include "gateway/webrtc/gateway_for_test.hpp"
#include "gateway/webrtc/tcp_connections.hpp"

namespace belfry::gateway::webrtc {
namespace {

TEST_F(WebRtcGateway, a_browser_that_calls_is_heard_and_hears) {
  plane.loop_back(peer->seat());
  ASSERT_TRUE(connect());
  EXPECT_TRUE(peer->has_telephone_events());
  EXPECT_GT(share_of_echo(), 0.9);
  pass(8s);
  EXPECT_EQ(statistics().handshake, call::Handshake::connected);
  EXPECT_GT(statistics().packets_in, 20U);
  EXPECT_GT(browser.reports, 0) << "sender reports, on the same port";
}

TEST_F(WebRtcGateway, a_browser_that_is_called_is_heard_and_hears) {
  const std::string offer = peer->offer();
  EXPECT_EQ(peer->offer(), offer);
  plane.loop_back(peer->seat());
  // Its first checks come before its answer.
  browser.connect(offer, clock.now());
  pass(100ms);
  EXPECT_FALSE(browser.connected());
  ASSERT_TRUE(peer->take_answer(browser.answer()));
  pass(5s, [&] { return listener.connected > 0; });
  EXPECT_EQ(listener.connected, 1);
  EXPECT_GT(share_of_echo(), 0.9);
}

TEST_F(WebRtcGateway, a_browser_without_udp_is_heard_and_hears_by_tcp) {
  ASSERT_EQ(gateway->candidates().size(), 2U);
  plane.loop_back(peer->seat());
  browser.by_tcp = true;
  ASSERT_TRUE(connect());
  EXPECT_GT(share_of_echo(), 0.9);
  pass(TcpConnections::time_to_check + 2s);
  EXPECT_GT(share_of_echo(), 0.9) << "who has shown a valid check is not cut off";
  peer.reset();
  pass(1s);
  browser.heard.clear();
  pass(1s);
  EXPECT_TRUE(browser.heard.empty());
}

/// A connection of somebody who shows no valid check.
struct Stranger {
  explicit Stranger(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  ~Stranger() { close(fd); }
  bool is_cut_off() const {
    std::byte byte{};
    const ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno == ECONNRESET);
  }
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
};

TEST_F(WebRtcGateway, M2_who_connects_and_shows_no_check_is_cut_off) {
  plane.loop_back(peer->seat());
  ASSERT_TRUE(connect());
  const std::uint16_t port = gateway->candidates().back().port;
  Stranger silent(port), babbling(port);
  const std::string too_long(3000, '\xFF');
  ASSERT_GT(::send(babbling.fd, too_long.data(), too_long.size(), MSG_NOSIGNAL), 0);
  pass(1s, [&] { return babbling.is_cut_off(); });
  EXPECT_TRUE(babbling.is_cut_off());
  EXPECT_FALSE(silent.is_cut_off());
  pass(15s, [&] {
    Stranger another(port);  // the late are looked for when somebody comes
    return silent.is_cut_off();
  });
  EXPECT_TRUE(silent.is_cut_off());
  EXPECT_GT(share_of_echo(), 0.9) << "who is checked stays";
}

TEST_F(WebRtcGateway, M2_a_crowd_of_strangers_leaves_room_for_browsers) {
  const std::uint16_t port = gateway->candidates().back().port;
  std::vector<std::unique_ptr<Stranger>> crowd;
  for (std::size_t i = 0; i < TcpConnections::most_unchecked + 50; ++i) {
    crowd.push_back(std::make_unique<Stranger>(port));
    if (i % 50 == 0) pass(2ms);
  }
  pass(10ms);
  EXPECT_TRUE(crowd.front()->is_cut_off());
  plane.loop_back(peer->seat());
  browser.by_tcp = true;
  ASSERT_TRUE(connect());
  EXPECT_GT(share_of_echo(), 0.9);
}

TEST_F(WebRtcGateway, the_browsers_favourite_codec_is_taken) {
  const std::string answer = peer->answer(browser.offer(true)).value();
  EXPECT_NE(answer.find(" UDP/TLS/RTP/SAVPF 111 126\r\n"), std::string::npos) << answer;
}

TEST_F(WebRtcGateway, M3_a_wrong_fingerprint_ends_the_connection_with_its_reason) {
  browser.claim_fingerprint("sha-256 " + std::string("00") + [] {
    std::string rest;
    for (int i = 1; i < 32; ++i) rest += ":00";
    return rest;
  }());
  plane.loop_back(peer->seat());
  browser.connect(peer->answer(browser.offer()).value(), clock.now());
  peer->expect();
  pass(5s, [&] { return !listener.failures.empty(); });
  EXPECT_EQ(listener.failures, std::vector{PeerFailure::wrong_fingerprint});
  EXPECT_EQ(listener.connected, 0);
  EXPECT_TRUE(browser.heard.empty());
  EXPECT_EQ(statistics().handshake, call::Handshake::wrong_fingerprint);
}

TEST_F(WebRtcGateway, a_browser_is_waited_for_from_when_it_has_our_answer) {
  const std::string answer = peer->answer(browser.offer()).value();
  pass(60s);
  EXPECT_TRUE(listener.failures.empty()) << "it rings";
  peer->expect();
  browser.connect(answer, clock.now());
  pass(5s, [&] { return listener.connected > 0; });
  EXPECT_EQ(listener.connected, 1);
}

TEST_F(WebRtcGateway, a_browser_that_never_comes_is_given_up) {
  ASSERT_TRUE(peer->answer(browser.offer()));
  peer->expect();
  pass(40s, [&] { return !listener.failures.empty(); });
  EXPECT_EQ(listener.failures, std::vector{PeerFailure::never_connected});
}

TEST_F(WebRtcGateway, M3_a_browser_that_went_away_gets_nothing_after_30_seconds) {
  plane.loop_back(peer->seat());
  ASSERT_TRUE(connect());
  pass(1s);
  browser.silent = true;
  pass(35s, [&] { return !listener.failures.empty(); });
  EXPECT_EQ(listener.failures, std::vector{PeerFailure::consent_lost});
  pass(100ms);
  browser.heard.clear();
  pass(2s);
  EXPECT_TRUE(browser.heard.empty());
}

TEST_F(WebRtcGateway, an_ice_restart_keeps_the_keys_and_the_sound) {
  plane.loop_back(peer->seat());
  ASSERT_TRUE(connect());
  const std::string before = peer->answer(browser.offer()).value();
  browser.renew();
  const std::string after = peer->answer(browser.offer()).value();
  EXPECT_NE(
      sdp::parse(before).value().media[0].find("ice-ufrag")->value,
      sdp::parse(after).value().media[0].find("ice-ufrag")->value
  );
  browser.connect(after, clock.now());
  pass(3s, [&] { return browser.checked(); });
  EXPECT_TRUE(browser.checked());
  EXPECT_GT(share_of_echo(), 0.9);
  EXPECT_EQ(listener.connected, 1);
}

TEST_F(WebRtcGateway, M2_strangers_on_the_port_change_nothing) {
  TestBrowser stranger{context, random, "127.0.0.2"};
  const std::uint16_t port = gateway->candidates().front().port;
  const std::array<std::byte, 14> hello{std::byte{22}, std::byte{254}, std::byte{253}, std::byte{0},
                                        std::byte{0},  std::byte{0},   std::byte{0},   std::byte{0},
                                        std::byte{0},  std::byte{0},   std::byte{0},   std::byte{0},
                                        std::byte{1},  std::byte{1}};
  plane.loop_back(peer->seat());
  browser.connect(peer->answer(browser.offer()).value(), clock.now());
  peer->expect();
  for (int round = 0; round < 100 && listener.connected == 0; ++round) {
    for (int i = 0; i < 20; ++i) stranger.send_raw(hello, port);
    pass(10ms);
  }
  EXPECT_EQ(listener.connected, 1);
  EXPECT_GT(share_of_echo(), 0.9);
}

TEST_F(WebRtcGateway, M2_a_hundred_calls_are_set_up_while_hellos_are_sprayed) {
  TestBrowser stranger{context, random, "127.0.0.3"};
  const std::uint16_t port = gateway->candidates().front().port;
  std::array<std::byte, 14> hello{};
  hello[0] = std::byte{22};
  hello[1] = std::byte{254};
  hello[2] = std::byte{253};
  struct Call {
    Listener listener;
    std::unique_ptr<Peer> peer;
    std::unique_ptr<TestBrowser> browser;
  };
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(std::make_unique<Call>());
    Call& call = *calls.back();
    call.peer = gateway->open({}, call.listener).value();
    call.browser = std::make_unique<TestBrowser>(context, random, "127.0.0.1");
    call.browser->connect(call.peer->answer(call.browser->offer()).value(), clock.now());
    call.peer->expect();
  }
  const auto connected = [&] {
    return std::ranges::count_if(calls, [](const auto& call) {
      return call->browser->connected() && call->listener.connected == 1;
    });
  };
  for (int ms = 0; ms < 10'000 && connected() < 100; ++ms) {
    for (int i = 0; i < 2; ++i) stranger.send_raw(hello, port);  // 2,000 a second
    for (const auto& call : calls) call->browser->step(clock.now());
    pass(1ms);
  }
  EXPECT_EQ(connected(), 100);
}

TEST_F(WebRtcGateway, M8_nobody_gets_a_relay_here) {
  plane.loop_back(peer->seat());
  ASSERT_TRUE(connect());
  TestBrowser stranger{context, random, "127.0.0.2"};
  std::array<std::byte, 28> allocate{};  // RFC 8656 section 7.1: a request for a UDP relay
  allocate[1] = std::byte{0x03};
  allocate[3] = std::byte{8};
  constexpr std::array cookie{std::byte{0x21}, std::byte{0x12}, std::byte{0xA4}, std::byte{0x42}};
  std::ranges::copy(cookie, allocate.begin() + 4);
  allocate[21] = std::byte{0x19};  // REQUESTED-TRANSPORT
  allocate[23] = std::byte{4};
  allocate[24] = std::byte{17};
  const std::uint16_t port = gateway->candidates().front().port;
  const std::size_t before = browser.datagrams;
  for (int i = 0; i < 10; ++i) {
    stranger.send_raw(allocate, port);
    stranger.step(clock.now());
    pass(20ms);
  }
  stranger.step(clock.now());
  EXPECT_EQ(stranger.datagrams, 0U);
  EXPECT_GT(browser.datagrams, before) << "the call goes on";
  for (const sdp::WebRtcCandidate& candidate : gateway->candidates())
    EXPECT_NE(candidate.port, 3478);
}

TEST_F(WebRtcGateway, a_closed_peer_is_gone_from_the_port) {
  ASSERT_TRUE(connect());
  peer.reset();
  pass(100ms);
  browser.heard.clear();
  pass(1s);
  EXPECT_TRUE(browser.heard.empty());
  EXPECT_TRUE(listener.failures.empty()) << "nobody is told of what he did himself";
}

TEST_F(WebRtcGateway, a_description_that_is_none_changes_nothing) {
  EXPECT_FALSE(peer->answer("hello"));
  EXPECT_FALSE(peer->take_answer("v=0\r\n"));
  plane.loop_back(peer->seat());
  ASSERT_TRUE(connect());
  EXPECT_FALSE(peer->answer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"));
  EXPECT_GT(share_of_echo(), 0.9);
}

}  // namespace
}  // namespace belfry::gateway::webrtc
