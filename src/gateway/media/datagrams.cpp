#include "gateway/media/datagrams.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_datagram = 1600;
constexpr base::Duration longest_wait = 200ms;
constexpr base::Duration longest_step = 10s;

/// Where a batch of datagrams is put; the pointers are set once.
struct Reception {
  std::array<std::array<std::byte, max_datagram>, most_datagrams> buffers;
  std::array<sockaddr_storage, most_datagrams> sources;
  std::array<iovec, most_datagrams> vectors;
  struct Control {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(timespec))> bytes;
  };
  std::array<Control, most_datagrams> controls;
  std::array<mmsghdr, most_datagrams> messages{};
  std::array<Datagram, most_datagrams> datagrams;

  Reception() {
    for (std::size_t i = 0; i < most_datagrams; ++i) {
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

/// How long ago the kernel got it: reading waits for the tick, and that must not look like jitter
/// of the network.
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

}  // namespace

base::Instant Datagram::arrived_by(base::Instant now) const {
  const bool is_systems_clock = std::chrono::abs(arrived - now) < longest_step;
  return is_systems_clock ? arrived : now;
}

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

int bind_udp(const net::IpAddress& local, std::uint16_t port, int receive_buffer) {
  const SocketAddress address = to_socket_address(local, port);
  const int fd = socket(address.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  constexpr int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0) return fd;
  close(fd);
  return -1;
}

std::uint16_t bound_port(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0)
    return 0;
  return ntohs(
      address.storage.ss_family == AF_INET6
          ? reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port
          : reinterpret_cast<const sockaddr_in&>(address.storage).sin_port
  );
}

std::span<const Datagram> read_datagrams(int fd, unsigned at_most) {
  static thread_local Reception reception;
  for (mmsghdr& message : reception.messages) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    message.msg_hdr.msg_controllen = sizeof(Reception::Control);
  }
  const int got = recvmmsg(
      fd, reception.messages.data(), std::min(at_most, most_datagrams), MSG_DONTWAIT, nullptr
  );
  if (got <= 0) return {};
  // Not reckoned from the beginning of the step: a busy machine may have stood still since, and
  // what came meanwhile would seem to have come before it was sent. A halt between these two makes
  // it later instead, as any network may.
  const base::SystemClock clock;
  const base::WallTime wall_now = clock.wall_now();
  const base::Instant read_at = clock.now();
  std::size_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
    mmsghdr& message = reception.messages[i];
    if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    const base::Duration waited = age_of(message.msg_hdr, wall_now);
    reception.datagrams[count++] = {
        std::span(reception.buffers[i]).first(message.msg_len), &reception.sources[i],
        message.msg_hdr.msg_namelen, read_at - waited
    };
  }
  return std::span(reception.datagrams).first(count);
}

}  // namespace belfry::gateway::media
