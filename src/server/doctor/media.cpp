#include <optional>

#include "net/udp_socket.hpp"
#include "server/doctor/check.hpp"

namespace belfry::server::doctor {
namespace {

using namespace std::chrono_literals;

constexpr int tries = 50;                  // pairs that calls hold already
constexpr std::size_t packet_bytes = 172;  // RTP header and 20 ms of G.711

/// RTP on an even port and RTCP on the next, as calls take them.
struct Pair {
  net::UdpSocket rtp;
  net::UdpSocket rtcp;
};

std::optional<Pair> open_pair(Machine& machine, const net::UdpSocket::Receive& on_rtcp) {
  const PortRange range = machine.config.media.port_range;
  const std::uint32_t first = (range.first + 1U) & ~1U;
  const std::uint32_t pairs = range.last > first ? (range.last - first + 1U) / 2 : 0;
  const net::IpAddress ip = listen_address(machine.config);
  const auto ignore = [](const net::Address&, std::span<const std::byte>) {};
  for (int i = 0; i < tries && pairs > 0; ++i) {
    const auto port = static_cast<std::uint16_t>(first + 2 * machine.random.below(pairs));
    auto rtp = net::UdpSocket::bind(machine.driver, {ip, port}, ignore);
    if (!rtp) continue;
    const auto next = static_cast<std::uint16_t>(port + 1);
    auto rtcp = net::UdpSocket::bind(machine.driver, {ip, next}, on_rtcp);
    if (rtcp) return Pair{std::move(*rtp), std::move(*rtcp)};
  }
  return std::nullopt;
}

}  // namespace

Findings check_media(Machine& machine) {
  const std::string subject = "media";
  const PortRange range = machine.config.media.port_range;
  const std::string ports =
      "UDP ports " + std::to_string(range.first) + "-" + std::to_string(range.last);
  bool arrived = false;
  auto pair = open_pair(machine, [&](const net::Address&, std::span<const std::byte> bytes) {
    arrived = arrived || bytes.size() == packet_bytes;
  });
  if (!pair)
    return {
        {subject, false,
         "no pair of the " + ports +
             " is free; choose others with "
             "--media-port-range"}
    };
  const std::vector<std::byte> packet(packet_bytes);
  const auto sent = pair->rtp.send(pair->rtcp.local(), packet);
  machine.driver.run_until([&] { return arrived; }, 1s);
  if (!sent || !arrived)
    return {
        {subject, false,
         "a packet between two of the " + ports +
             " does not arrive; look at "
             "the firewall of this machine"}
    };
  return {{subject, true, ports + ": a packet goes through"}};
}

}  // namespace belfry::server::doctor
