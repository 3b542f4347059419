#include "gateway/media/udp_wire.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "gateway/media/datagrams.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration latch_window = 5s;
constexpr int socket_buffer_bytes = 256 * 1024;
constexpr unsigned batch = 8;

std::span<const std::byte> host_bytes(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    return std::as_bytes(std::span(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, 1));
  }
  return std::as_bytes(std::span(&reinterpret_cast<const sockaddr_in&>(address).sin_addr, 1));
}

std::uint16_t port_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                       : reinterpret_cast<const sockaddr_in&>(address).sin_port;
}

std::optional<net::Address> to_address(const sockaddr_storage& address, socklen_t length) {
  if (length == 0) return std::nullopt;
  const std::uint16_t port = ntohs(port_of(address));
  if (address.ss_family == AF_INET6) {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), host_bytes(address).data(), bytes.size());
    return net::Address{net::IpAddress::v6(bytes), port};
  }
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), host_bytes(address).data(), bytes.size());
  return net::Address{net::IpAddress::v4(bytes), port};
}

bool same_host(const sockaddr_storage& a, const sockaddr_storage& b) {
  return a.ss_family == b.ss_family && std::ranges::equal(host_bytes(a), host_bytes(b));
}

}  // namespace

base::Result<std::unique_ptr<UdpWire>> UdpWire::open(
    const net::IpAddress& local, Range range, base::Random& random
) {
  const unsigned first = (range.first + 1U) / 2;
  const unsigned pairs = (range.last + 1U) / 2 - first;
  const auto start = static_cast<unsigned>(random.below(pairs));
  for (unsigned step = 0; step < pairs; ++step) {
    const auto port = static_cast<std::uint16_t>((first + (start + step) % pairs) * 2);
    const int rtp = bind_udp(local, port, socket_buffer_bytes);
    if (rtp < 0) continue;
    const int rtcp = bind_udp(local, static_cast<std::uint16_t>(port + 1), socket_buffer_bytes);
    if (rtcp >= 0) return std::unique_ptr<UdpWire>(new UdpWire({rtp, rtcp}, port));
    close(rtp);
  }
  return base::fail(base::Errc::unavailable, "no free pair of media ports");
}

UdpWire::~UdpWire() {
  for (const int fd : sockets_) close(fd);
}

void UdpWire::apply(const MediaTerms& terms, base::Instant now) {
  const auto set = [](Peer& peer, const std::optional<net::Address>& address) {
    const SocketAddress target =
        address ? to_socket_address(address->ip, address->port) : SocketAddress{};
    const bool changed = target.length != peer.length ||
                         std::memcmp(&target.storage, &peer.address, target.length) != 0;
    peer = {target.storage, target.length};
    return changed;
  };
  const bool moved = set(rtp_peer_, terms.remote);
  set(rtcp_peer_, terms.remote_control);
  if (terms.signalling) {
    const SocketAddress host = to_socket_address(*terms.signalling, 0);
    signalling_ = {host.storage, host.length};
  }
  if (moved) {
    confirmed_ = false;
    latch_until_ = now + latch_window;
  }
}

void UdpWire::send(PacketKind kind, std::span<const std::byte> bytes, base::Instant) {
  const Peer& to = peer(kind);
  if (!to.known()) return;
  // A full buffer or an unreachable port loses the packet, as the network may.
  (void)sendto(
      sockets_[kind == PacketKind::rtp ? 0 : 1], bytes.data(), bytes.size(),
      MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to.address), to.length
  );
}

bool UdpWire::believe(
    PacketKind kind, const sockaddr_storage& source, socklen_t length, base::Instant now
) {
  Peer& known = peer(kind);
  if (!rtp_peer_.known()) return false;  // nothing is agreed yet
  const bool expected = known.known() && same_host(source, known.address) &&
                        port_of(source) == port_of(known.address);
  if (expected) {
    if (kind == PacketKind::rtp) confirmed_ = true;
    return true;
  }
  const bool from_party = same_host(source, rtp_peer_.address) ||
                          (signalling_.known() && same_host(source, signalling_.address));
  if (confirmed_ || kind != PacketKind::rtp || !from_party || !latch_until_ || now > *latch_until_)
    return false;
  known = {source, length};
  confirmed_ = true;
  return true;
}

void UdpWire::receive(base::Instant now, PacketSink& sink) {
  for (std::size_t socket = 0; socket < sockets_.size(); ++socket) receive_from(socket, now, sink);
}

void UdpWire::receive_from(std::size_t socket, base::Instant now, PacketSink& sink) {
  const PacketKind kind = socket == 0 ? PacketKind::rtp : PacketKind::rtcp;
  for (const Datagram& datagram : read_datagrams(sockets_[socket], batch)) {
    if (believe(kind, *datagram.source, datagram.source_length, now)) {
      sink.on_packet(kind, datagram.bytes, datagram.arrived_by(now));
    } else if (kind == PacketKind::rtp && rtp_peer_.known()) {
      ++from_strangers_;
      stranger_ = {*datagram.source, datagram.source_length};
    }
  }
}

WireCounters UdpWire::counters() const {
  WireCounters counters;
  counters.from_strangers = from_strangers_;
  counters.stranger = to_address(stranger_.address, stranger_.length);
  counters.remote = to_address(rtp_peer_.address, rtp_peer_.length);
  return counters;
}

}  // namespace belfry::gateway::media
