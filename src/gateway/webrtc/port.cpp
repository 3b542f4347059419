#include "gateway/webrtc/port.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include "gateway/media/datagrams.hpp"
#include "gateway/webrtc/browser_wire.hpp"
#include "gateway/webrtc/socket_path.hpp"
#include "webrtc/stun.hpp"

namespace belfry::gateway::webrtc {
namespace {

using belfry::webrtc::Path;
namespace stun = belfry::webrtc::stun;

/// All browsers' packets of 20 ms and more.
constexpr int socket_buffer_bytes = 4 << 20;
constexpr int most_tries = 20;
/// Of one socket in a round, so that the others get their turn.
constexpr int most_batches = 64;

/// One socket an address, all with the same number; empty when it is taken somewhere.
std::vector<int> bind_all(const std::vector<net::IpAddress>& local, std::uint16_t number) {
  std::vector<int> sockets;
  for (const net::IpAddress& address : local) {
    const int fd = media::bind_udp(address, number, socket_buffer_bytes);
    if (fd < 0) {
      for (const int open : sockets) close(open);
      return {};
    }
    sockets.push_back(fd);
    if (number == 0) number = media::bound_port(fd);
  }
  return sockets;
}

}  // namespace

base::Result<std::unique_ptr<Port>> Port::open(
    const std::vector<net::IpAddress>& local, std::uint16_t number
) {
  if (local.empty() || local.size() >= most_sockets)
    return base::fail(base::Errc::invalid_argument, "WebRTC needs 1 to 15 local addresses");
  // A port that is free at the first address may be taken at the next.
  for (int attempt = 0; attempt < (number == 0 ? most_tries : 1); ++attempt) {
    std::vector<int> sockets = bind_all(local, number);
    if (sockets.empty()) continue;
    std::unique_ptr<Port> port(new Port(std::move(sockets)));
    port->number_ = media::bound_port(port->sockets_.front());
    return port;
  }
  return base::fail(
      base::Errc::io, "UDP port " + std::to_string(number) + " for WebRTC is taken or unusable"
  );
}

Port::~Port() {
  for (const int fd : std::span(sockets_).first(udp_sockets_)) close(fd);
}

base::Result<> Port::open_tcp(const std::vector<net::IpAddress>& local, std::uint16_t number) {
  // Behind the UDP sockets: a path's socket number tells the two apart.
  BELFRY_TRY(tcp, TcpConnections::open(local, number, static_cast<std::uint8_t>(udp_sockets_)));
  tcp_ = std::move(tcp);
  sockets_.push_back(tcp_->descriptor());
  return {};
}

void Port::remove(const Path& path, const BrowserWire& wire) {
  const auto found = by_path_.find(path);
  if (found != by_path_.end() && found->second == &wire) by_path_.erase(found);
}

void Port::receive_from(std::size_t socket, base::Instant now) {
  if (tcp_ && sockets_[socket] == tcp_->descriptor()) {
    return tcp_->receive(now, [&](std::span<const std::byte> datagram, const Path& from) {
      take(datagram, from, now);
    });
  }
  for (int batch = 0; batch < most_batches; ++batch) {
    const auto datagrams = media::read_datagrams(sockets_[socket], media::most_datagrams);
    for (const media::Datagram& datagram : datagrams)
      take(datagram.bytes, to_path(*datagram.source, socket), datagram.arrived_by(now));
    if (datagrams.size() < media::most_datagrams) return;
  }
}

void Port::take(std::span<const std::byte> datagram, const Path& from, base::Instant arrived) {
  if (BrowserWire* wire = find(datagram, from)) wire->handle_datagram(datagram, from, arrived);
}

BrowserWire* Port::find(std::span<const std::byte> datagram, const Path& from) {
  if (stun::is_stun(datagram)) {
    const auto request = stun::parse(datagram);
    if (!request) return nullptr;
    const auto found = by_ufrag_.find(stun::receiver_ufrag(*request));
    return found == by_ufrag_.end() ? nullptr : found->second;
  }
  const auto found = by_path_.find(from);
  return found == by_path_.end() ? nullptr : found->second;
}

void Port::add(const Path& path, BrowserWire& wire) {
  if (tcp_ && tcp_->owns(path)) tcp_->keep(path);
  by_path_[path] = &wire;
}

void Port::send(const Path& to, std::span<const std::byte> datagram) {
  if (tcp_ && tcp_->owns(to)) return tcp_->send(to, datagram);
  const PeerAddress address = to_address(to);
  // A full buffer or an unreachable port loses the packet, as the network may.
  (void)sendto(
      sockets_[to.socket], datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
      reinterpret_cast<const sockaddr*>(&address.storage), address.length
  );
}

}  // namespace belfry::gateway::webrtc
