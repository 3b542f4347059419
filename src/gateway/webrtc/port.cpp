#include "gateway/webrtc/port.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <cstring>

#include "gateway/media/datagrams.hpp"
#include "gateway/webrtc/browser_wire.hpp"
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

Path to_path(const sockaddr_storage& source, std::size_t socket) {
  Path path;
  path.socket = static_cast<std::uint8_t>(socket);
  path.v6 = source.ss_family == AF_INET6;
  if (path.v6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(source);
    std::memcpy(path.ip.data(), &v6.sin6_addr, 16);
    path.port = ntohs(v6.sin6_port);
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(source);
    std::memcpy(path.ip.data(), &v4.sin_addr, 4);
    path.port = ntohs(v4.sin_port);
  }
  return path;
}

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
  if (local.empty() || local.size() > most_sockets)
    return base::fail(base::Errc::invalid_argument, "WebRTC needs 1 to 16 local addresses");
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
  for (const int fd : sockets_) close(fd);
}

std::size_t Port::PathHash::operator()(const Path& path) const {
  const std::string_view ip(reinterpret_cast<const char*>(path.ip.data()), path.ip.size());
  const std::size_t where = std::size_t{path.port} << 8U | path.socket;
  return std::hash<std::string_view>()(ip) ^ where * 0x9E3779B97F4A7C15U;
}

void Port::remove(const Path& path, const BrowserWire& wire) {
  const auto found = by_path_.find(path);
  if (found != by_path_.end() && found->second == &wire) by_path_.erase(found);
}

void Port::receive_from(std::size_t socket, base::Instant now) {
  for (int batch = 0; batch < most_batches; ++batch) {
    const auto datagrams = media::read_datagrams(sockets_[socket], media::most_datagrams, now);
    for (const media::Datagram& datagram : datagrams) {
      const Path from = to_path(*datagram.source, socket);
      if (BrowserWire* wire = find(datagram.bytes, from))
        wire->handle_datagram(datagram.bytes, from, datagram.arrived);
    }
    if (datagrams.size() < media::most_datagrams) return;
  }
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

void Port::send(const Path& to, std::span<const std::byte> datagram) const {
  sockaddr_storage address{};
  socklen_t length = 0;
  if (to.v6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(to.port);
    std::memcpy(&v6.sin6_addr, to.ip.data(), 16);
    length = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(to.port);
    std::memcpy(&v4.sin_addr, to.ip.data(), 4);
    length = sizeof v4;
  }
  // A full buffer or an unreachable port loses the packet, as the network may.
  (void)sendto(
      sockets_[to.socket], datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
      reinterpret_cast<const sockaddr*>(&address), length
  );
}

}  // namespace belfry::gateway::webrtc
