#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "net/listener.hpp"
#include "net/tcp_connection.hpp"
#include "net/udp_socket.hpp"
#include "server/doctor/testing.hpp"
#include "sip/message.hpp"

namespace belfry::server::doctor {
namespace {

std::string answer_to(std::string_view request, sip::Framing framing) {
  const sip::Parsed parsed = sip::parse(request, framing);
  EXPECT_EQ(parsed.kind, sip::Parsed::Kind::message) << parsed.why;
  EXPECT_EQ(parsed.message.method_name(), "OPTIONS");
  return std::string(sip::response_to(parsed.message, 200, "carrier").build().text());
}

struct DoctorTrunk : testing::Test, TestMachine {
  DoctorTrunk() { machine.patience = std::chrono::milliseconds(300); }
  Finding look_at(const net::Address& carrier, Transport transport) {
    config.trunks = {{}};
    config.trunks[0].name = "panama";
    config.trunks[0].host = carrier.to_string();
    config.trunks[0].transport = transport;
    return check_trunks(machine).at(0);
  }
  net::Address any_port() const { return {listen_address(config), 0}; }
};

TEST_F(DoctorTrunk, IsWellWhenItAnswersByUdp) {
  std::optional<net::UdpSocket> carrier;
  auto bound = net::UdpSocket::bind(
      driver, any_port(),
      [&](const net::Address& from, std::span<const std::byte> bytes) {
        const std::string answer = answer_to(base::as_text(bytes), sip::Framing::datagram);
        EXPECT_TRUE(carrier->send(from, base::as_bytes(answer)));
      }
  );
  carrier.emplace(std::move(*bound));
  const Finding found = look_at(carrier->local(), Transport::udp);
  EXPECT_TRUE(found.ok) << found.text;
  EXPECT_NE(found.text.find("200 OK"), std::string::npos) << found.text;
}

TEST_F(DoctorTrunk, IsWellWhenItAnswersByTcp) {
  std::vector<std::unique_ptr<net::TcpConnection>> connections;
  const auto listener =
      net::Listener::open(driver, any_port(), nullptr, [&](net::ByteStream stream) {
        net::TcpConnection::Callbacks callbacks;
        const std::size_t index = connections.size();
        callbacks.receive = [&connections, index](std::string_view chunk) {
          EXPECT_TRUE(connections[index]->send(answer_to(chunk, sip::Framing::stream)));
        };
        connections.push_back(
            std::make_unique<net::TcpConnection>(driver, std::move(stream), std::move(callbacks))
        );
      });
  ASSERT_TRUE(listener);
  const Finding found = look_at(listener->local(), Transport::tcp);
  EXPECT_TRUE(found.ok) << found.text;
}

TEST_F(DoctorTrunk, ThatIsSilentIsNamedWithItsAddress) {
  const auto ignore = [](const net::Address&, std::span<const std::byte>) {};
  const auto carrier = net::UdpSocket::bind(driver, any_port(), ignore);
  ASSERT_TRUE(carrier);
  const Finding found = look_at(carrier->local(), Transport::udp);
  EXPECT_FALSE(found.ok);
  EXPECT_EQ(found.subject, "trunk panama");
  EXPECT_NE(found.text.find(carrier->local().to_string()), std::string::npos) << found.text;
  EXPECT_NE(found.text.find("no answer"), std::string::npos) << found.text;
}

TEST_F(DoctorTrunk, ThatRefusesConnectionsIsNoticedAtOnce) {
  auto listener = net::Listener::open(driver, any_port(), nullptr, [](net::ByteStream) {});
  ASSERT_TRUE(listener);
  const net::Address nobody = listener->local();
  listener->close();
  EXPECT_FALSE(look_at(nobody, Transport::tcp).ok);
}

TEST_F(DoctorTrunk, WithAnAnswerToSomebodyElsesQuestionIsSilent) {
  std::optional<net::UdpSocket> carrier;
  auto bound = net::UdpSocket::bind(
      driver, any_port(),
      [&](const net::Address& from, std::span<const std::byte> bytes) {
        std::string answer = answer_to(base::as_text(bytes), sip::Framing::datagram);
        answer.replace(answer.find("Call-ID: ") + 9, 1, "?");
        EXPECT_TRUE(carrier->send(from, base::as_bytes(answer)));
      }
  );
  carrier.emplace(std::move(*bound));
  EXPECT_FALSE(look_at(carrier->local(), Transport::udp).ok);
}

TEST_F(DoctorTrunk, NobodyAsksForTrunksThatAreNotThere) {
  EXPECT_TRUE(check_trunks(machine).empty());
}

}  // namespace
}  // namespace belfry::server::doctor
