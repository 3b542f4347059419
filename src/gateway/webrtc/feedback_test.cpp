#include <gmock/gmock.h>

#include "gateway/webrtc/gateway_for_test.hpp"

namespace belfry::gateway::webrtc {
namespace {

struct WebRtcFeedback : WebRtcGateway {
  WebRtcFeedback() {
    browser.feedback = true;
    plane.loop_back(peer->seat());
  }
  /// Of what was heard since the last call.
  std::size_t bytes_heard() {
    std::size_t sum = 0;
    for (const auto& packet : std::exchange(browser.packets, {})) sum += packet.size;
    return sum;
  }
  /// That we are reported to have come through, at once: it is how a round trip is measured.
  void report_reception() {
    browser.send_control([&](rtp::RtcpWriter& writer) {
      rtp::ReportBlock block;
      block.ssrc = browser.source;
      block.last_sr = *browser.last_sender_report;
      writer.receiver_report(1, std::span(&block, 1));
    });
    browser.last_sender_report.reset();
  }
};

TEST_F(WebRtcFeedback, what_a_browser_offers_is_agreed_to) {
  const std::string answer = peer->answer(browser.offer()).value();
  for (const char* line :
       {"a=rtcp-rsize\r\n", "a=rtcp-fb:0 transport-cc\r\n", "a=rtcp-fb:0 nack\r\n",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-"})
    EXPECT_NE(answer.find(line), std::string::npos) << line << "is not in\n" << answer;
  const std::string offer = gateway->open({}, listener).value()->offer();
  EXPECT_NE(offer.find("a=rtcp-fb:111 transport-cc\r\n"), std::string::npos) << offer;
}

TEST_F(WebRtcFeedback, a_browser_is_told_when_its_packets_came) {
  ASSERT_TRUE(connect());
  browser.loses = [count = 0]() mutable { return ++count % 10 == 0; };
  pass(2s);
  ASSERT_GT(browser.arrivals.size(), 90U);
  EXPECT_EQ(browser.arrivals.front().sequence, 65530);
  std::size_t lost = 0;
  for (std::size_t i = 1; i < browser.arrivals.size(); ++i) {
    const auto& status = browser.arrivals[i];
    EXPECT_EQ(status.sequence, static_cast<std::uint16_t>(65530 + i));
    lost += status.arrived ? 0 : 1;
  }
  EXPECT_NEAR(static_cast<double>(lost), 9, 1);
}

TEST_F(WebRtcFeedback, a_browser_without_feedback_gets_none) {
  browser.feedback = false;
  ASSERT_TRUE(connect());
  pass(2s);
  EXPECT_TRUE(browser.arrivals.empty());
  EXPECT_FALSE(browser.packets.back().number);
}

TEST_F(WebRtcFeedback, our_packets_are_numbered_and_the_loss_of_them_is_known) {
  ASSERT_TRUE(connect());
  pass(3s);
  ASSERT_GT(browser.packets.size(), 100U);
  for (std::size_t i = 1; i < browser.packets.size(); ++i)
    EXPECT_EQ(
        *browser.packets[i].number, static_cast<std::uint16_t>(*browser.packets[i - 1].number + 1)
    );
  rtp::ArrivalLog log;
  for (std::size_t i = browser.packets.size() - 100; i < browser.packets.size(); ++i)
    if (i % 5 != 0 || i + 1 == browser.packets.size())
      log.handle_packet(*browser.packets[i].number, clock.now());
  browser.send_control([&](rtp::RtcpWriter& writer) {
    log.write(writer, 1, browser.source, clock.now());
  });
  pass(20ms);
  EXPECT_NEAR(statistics().loss_there, 0.2, 0.03);
}

TEST_F(WebRtcFeedback, what_a_browser_misses_is_sent_again_as_it_was) {
  ASSERT_TRUE(connect());
  pass(1s);
  // The same packet with other bytes would be encrypted with the same key stream, and a copy is
  // dropped by the browser's replay protection: what it gets is a copy.
  const auto missed = browser.packets.back().sequence;
  const auto before = browser.dropped();
  browser.send_control([&](rtp::RtcpWriter& writer) {
    rtp::write_nack(writer, 1, browser.source, std::span(&missed, 1));
  });
  pass(10ms);
  EXPECT_EQ(browser.dropped(), before + 1);
}

TEST_F(WebRtcFeedback, M7_a_flood_of_NACK_is_answered_with_at_most_as_much_again) {
  ASSERT_TRUE(connect());
  pass(2s);
  std::vector<std::uint16_t> recent;
  browser.packets.clear();
  const std::size_t copies_before = browser.dropped();
  for (int round = 0; round < 500; ++round) {
    pass(20ms);
    recent.clear();
    for (std::size_t i = browser.packets.size() - std::min<std::size_t>(browser.packets.size(), 50);
         i < browser.packets.size(); ++i)
      recent.push_back(browser.packets[i].sequence);
    for (int flood = 0; flood < 5; ++flood)
      browser.send_control([&](rtp::RtcpWriter& writer) {
        rtp::write_nack(writer, 1, browser.source, recent);
      });
  }
  pass(20ms);
  const std::size_t sent = browser.packets.size(), copies = browser.dropped() - copies_before;
  EXPECT_GT(sent, 490U) << "the sound itself suffers nothing";
  EXPECT_GT(copies, sent / 2);
  EXPECT_LE(copies, sent + 12) << "and a burst of a quarter of a second";
}

TEST_F(WebRtcFeedback, what_we_miss_is_asked_for_while_it_can_still_be_played) {
  ASSERT_TRUE(connect());
  const auto lose_one = [&] {
    browser.loses = [count = 0]() mutable { return ++count == 5; };
    pass(160ms);
  };
  const auto lose_one_and_send_it_late = [&] {
    lose_one();
    browser.send_kept();
    pass(10ms);
  };
  lose_one_and_send_it_late();
  EXPECT_TRUE(browser.questions.empty()) << "nobody knows how long an answer takes";
  pass(8s, [&] { return browser.last_sender_report.has_value(); });
  report_reception();
  pass(50ms);
  // Packets that come late make the jitter buffer wait for such.
  for (int i = 0; i < 20 && browser.questions.empty(); ++i) lose_one_and_send_it_late();
  EXPECT_FALSE(browser.questions.empty());
  const std::size_t asked = browser.questions.size();
  pass(300ms);
  EXPECT_EQ(browser.questions.size(), asked) << "nothing is missing";
}

}  // namespace
}  // namespace belfry::gateway::webrtc
