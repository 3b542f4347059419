#include <gtest/gtest.h>

#include <algorithm>

#include "net/listener.hpp"
#include "net/udp_socket.hpp"
#include "server/doctor/testing.hpp"

namespace belfry::server::doctor {
namespace {

struct DoctorPorts : testing::Test, TestMachine {
  net::Listener listen() {
    return *net::Listener::open(driver, {listen_address(config), 0}, nullptr, [](net::ByteStream) {
    });
  }
  Findings ports() { return check_ports(machine); }
};

TEST_F(DoctorPorts, HasNothingToSayAboutAnyFreePort) {
  EXPECT_TRUE(ports().empty());
}

TEST_F(DoctorPorts, FindsAFreePortFree) {
  auto held = listen();
  config.sip.port = held.local().port;
  config.sip.tcp = false;  // UDP of the same number is another port
  EXPECT_EQ(ports().size(), 1u);
  EXPECT_TRUE(ports().at(0).ok) << ports().at(0).text;
}

TEST_F(DoctorPorts, NamesTheFlagForANeededPortThatIsTaken) {
  auto held = listen();
  config.sip.port = held.local().port;
  const Findings found = ports();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].ok);
  EXPECT_FALSE(found[1].ok);
  EXPECT_NE(found[1].text.find("--sip-port"), std::string::npos) << found[1].text;
}

TEST_F(DoctorPorts, ForgivesAnExtraPortThatIsTaken) {
  auto held = listen();
  config.http.extra_ports = {held.local().port};
  const Findings found = ports();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].ok);
  EXPECT_NE(found[0].text.find("goes without it"), std::string::npos) << found[0].text;
}

TEST_F(DoctorPorts, RefusesAnAddressThatOthersCanReach) {
  EXPECT_TRUE(check_listen_address(machine).at(0).ok);
  for (const char* address : {"0.0.0.0", "192.0.2.1", "::", "localhost"}) {
    config.listen = address;
    EXPECT_FALSE(check_listen_address(machine).at(0).ok) << address;  // rule D2
  }
}

TEST_F(DoctorPorts, SendsAPacketThroughTheMediaRange) {
  config.media.port_range = {21'000, 21'999};
  EXPECT_TRUE(check_media(machine).at(0).ok) << check_media(machine).at(0).text;
}

TEST_F(DoctorPorts, NoticesAMediaRangeWithoutAFreePair) {
  const auto ignore = [](const net::Address&, std::span<const std::byte>) {};
  const auto held = net::UdpSocket::bind(driver, {listen_address(config), 0}, ignore);
  ASSERT_TRUE(held);
  const auto port = static_cast<std::uint16_t>(held->local().port & ~1U);
  config.media.port_range = {port, static_cast<std::uint16_t>(port + 1)};
  const Finding found = check_media(machine).at(0);
  EXPECT_FALSE(found.ok);
  EXPECT_NE(found.text.find("--media-port-range"), std::string::npos) << found.text;
}

}  // namespace
}  // namespace belfry::server::doctor
