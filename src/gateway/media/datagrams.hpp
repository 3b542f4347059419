#pragma once
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/time.hpp"
#include "net/address.hpp"

/// UDP as media workers use it: never blocks, never allocates, knows when the kernel got a packet.
namespace belfry::gateway::media {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};
SocketAddress to_socket_address(const net::IpAddress& ip, std::uint16_t port);

/// @param receive_buffer bytes that the kernel is asked to keep for a late reader.
/// @return the descriptor, or -1 when the port is taken.
int bind_udp(const net::IpAddress& local, std::uint16_t port, int receive_buffer);
/// The port that `fd` was given when it asked for 0.
std::uint16_t bound_port(int fd);

/// What one socket has got. The spans and addresses stand until the next `read` of this thread.
struct Datagram {
  std::span<std::byte> bytes;
  const sockaddr_storage* source = nullptr;
  socklen_t source_length = 0;
  base::Instant arrived;  // when the kernel got it, on the system's clock

  /// The same on the clock of a step at `now`. A simulation steps on a clock of its own, of which
  /// the kernel's times know nothing: what it finds came just then.
  base::Instant arrived_by(base::Instant now) const;
};
/// At most `most_datagrams`; longer ones than 1,600 bytes are left out.
inline constexpr unsigned most_datagrams = 16;
std::span<const Datagram> read_datagrams(int fd, unsigned at_most);

}  // namespace belfry::gateway::media
