#include "gateway/media/udp_wire.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration latch_window = 5s;
constexpr int socket_buffer_bytes = 256 * 1024;
constexpr std::size_t max_datagram = 1600;
constexpr unsigned batch = 8;
constexpr base::Duration longest_wait = 200ms;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

/// Where a batch of datagrams is put; the pointers are set once.
struct Reception {
  std::array<std::array<std::byte, max_datagram>, batch> buffers;
  std::array<sockaddr_storage, batch> sources;
  std::array<iovec, batch> vectors;
  struct Control {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(timespec))> bytes;
  };
  std::array<Control, batch> controls;
  std::array<mmsghdr, batch> messages{};

  Reception() {
    for (std::size_t i = 0; i < batch; ++i) {
      vectors[i] = {buffers[i].data(), max_datagram};
      messages[i].msg_hdr.msg_name = &sources[i];
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_control = controls[i].bytes.data();
    }
  }
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;
};

SocketAddress to_socket_address(const net::IpAddress& ip, std::uint16_t port) {
  SocketAddress result;
  if (ip.is_v6()) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, ip.bytes().data(), 16);
    result.length = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(result.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip.bytes().data(), 4);
    result.length = sizeof v4;
  }
  return result;
}

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

bool same_host(const sockaddr_storage& a, const sockaddr_storage& b) {
  return a.ss_family == b.ss_family && std::ranges::equal(host_bytes(a), host_bytes(b));
}

/// How long before `now` the kernel got it: reading waits for the tick, and that must not look like
/// jitter of the network.
base::Duration age_of(msghdr& message, base::WallTime now) {
  cmsghdr* const control = CMSG_FIRSTHDR(&message);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET ||
      control->cmsg_type != SCM_TIMESTAMPNS)
    return 0ns;
  timespec arrived{};
  std::memcpy(&arrived, CMSG_DATA(control), sizeof arrived);
  const base::Duration age = now.time_since_epoch() - std::chrono::seconds(arrived.tv_sec) -
                             std::chrono::nanoseconds(arrived.tv_nsec);
  // The wall clock may have been set in between.
  return std::clamp<base::Duration>(age, 0ns, longest_wait);
}

/// @return the descriptor, or -1 when the port is taken.
int bind_udp(const net::IpAddress& local, std::uint16_t port) {
  const SocketAddress address = to_socket_address(local, port);
  const int fd = socket(address.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  constexpr int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &socket_buffer_bytes, sizeof socket_buffer_bytes);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0) return fd;
  close(fd);
  return -1;
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
    const int rtp = bind_udp(local, port);
    if (rtp < 0) continue;
    const int rtcp = bind_udp(local, static_cast<std::uint16_t>(port + 1));
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
  static thread_local Reception reception;
  const PacketKind kind = socket == 0 ? PacketKind::rtp : PacketKind::rtcp;
  for (mmsghdr& message : reception.messages) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    message.msg_hdr.msg_controllen = sizeof(Reception::Control);
  }
  const int got =
      recvmmsg(sockets_[socket], reception.messages.data(), batch, MSG_DONTWAIT, nullptr);
  if (got <= 0) return;
  // Not the step's `now`: a busy machine may have stood still since, and what came meanwhile would
  // seem to have come before it was sent. In this order a halt in between makes it later instead.
  const base::SystemClock clock;
  const base::WallTime wall_now = clock.wall_now();
  const base::Instant read_at = clock.now();
  for (int each = 0; each < got; ++each) {
    const auto i = static_cast<std::size_t>(each);
    mmsghdr& message = reception.messages[i];
    if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    if (!believe(kind, reception.sources[i], message.msg_hdr.msg_namelen, now)) continue;
    sink.on_packet(
        kind, std::span(reception.buffers[i]).first(message.msg_len),
        read_at - age_of(message.msg_hdr, wall_now)
    );
  }
}

}  // namespace belfry::gateway::media
