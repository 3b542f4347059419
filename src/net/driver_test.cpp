#include "net/driver.hpp"

#include <csignal>

#include "base/encoding.hpp"
#include "net/udp_socket.hpp"

namespace belfry::net {
namespace {

using namespace std::chrono_literals;

struct DriverTest : testing::Test {
  base::SystemClock clock;
  base::Loop loop{clock};
  Driver driver{loop};
};

TEST_F(DriverTest, RunsTimersAndWorkOfOtherThreads) {
  std::string order;
  loop.call_after(20ms, [&] { order += "t"; });
  std::jthread other([&] { loop.post_from_any_thread([&] { order = "p" + order; }); });
  EXPECT_TRUE(driver.run_until([&] { return order == "pt"; }, 5s)) << order;
}

TEST_F(DriverTest, AnEarlierTimerIsNotHeldUpByALaterOne) {
  bool early = false;
  loop.call_after(1h, [] {});
  loop.call_after(1ms, [&] { loop.call_after(1ms, [&] { early = true; }); });
  EXPECT_TRUE(driver.run_until([&] { return early; }, 5s));
}

TEST_F(DriverTest, StopsWhenToldFromAnotherThread) {
  std::jthread other([&] { driver.stop(); });
  driver.run();
  bool ran = false;
  loop.post([&] {
    ran = true;
    driver.stop();
  });
  driver.run();
  EXPECT_TRUE(ran);
}

TEST_F(DriverTest, HandsSignalsToTheLoop) {
  std::vector<int> signals;
  driver.on_signal([&](int signal) { signals.push_back(signal); });
  ::raise(SIGTERM);
  EXPECT_TRUE(driver.run_until([&] { return signals.size() == 1; }, 5s));
  ::raise(SIGINT);
  EXPECT_TRUE(driver.run_until([&] { return signals.size() == 2; }, 5s));
  EXPECT_EQ(signals, (std::vector{SIGTERM, SIGINT}));
}

TEST_F(DriverTest, UdpDatagramsArriveWholeAndInOrderWithTheirSource) {
  std::vector<std::string> heard;
  Address from;
  auto receiver = UdpSocket::bind(
      driver, *Address::parse("127.0.0.1:0"),
      [&](const Address& source, std::span<const std::byte> datagram) {
        from = source;
        heard.emplace_back(base::as_text(datagram));
      }
  );
  ASSERT_TRUE(receiver);
  auto sender = UdpSocket::bind(driver, *Address::parse("127.0.0.1:0"), [](auto&&...) {});
  ASSERT_TRUE(sender);
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(sender->send(receiver->local(), base::as_bytes(std::to_string(i))));
  EXPECT_TRUE(driver.run_until([&] { return heard.size() == 100; }, 5s));
  EXPECT_EQ(heard.back(), "99");
  EXPECT_EQ(from, sender->local());
}

TEST_F(DriverTest, AUdpCallbackMayDestroyItsSocket) {
  std::optional<UdpSocket> receiver;
  int heard = 0;
  auto bound = UdpSocket::bind(driver, *Address::parse("127.0.0.1:0"), [&](auto&&...) {
    ++heard;
    receiver.reset();
  });
  ASSERT_TRUE(bound);
  receiver.emplace(std::move(*bound));
  const Address target = receiver->local();
  auto sender = UdpSocket::bind(driver, *Address::parse("127.0.0.1:0"), [](auto&&...) {});
  for (int i = 0; i < 3; ++i) static_cast<void>(sender->send(target, base::as_bytes("x")));
  EXPECT_TRUE(driver.run_until([&] { return heard == 1; }, 5s));
  driver.run_until([] { return false; }, 5ms);
  EXPECT_EQ(heard, 1);
}

TEST_F(DriverTest, ATakenPortIsAnErrorWithItsName) {
  auto first = UdpSocket::bind(driver, *Address::parse("127.0.0.1:0"), [](auto&&...) {});
  const auto second = UdpSocket::bind(driver, first->local(), [](auto&&...) {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, testing::HasSubstr(first->local().to_string()));
}

}  // namespace
}  // namespace belfry::net
