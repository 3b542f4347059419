#include "gateway/webrtc/tcp_connections.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "gateway/media/datagrams.hpp"
#include "gateway/webrtc/socket_path.hpp"

namespace belfry::gateway::webrtc {
namespace {

using belfry::webrtc::Path;

constexpr int backlog = 128;
constexpr std::size_t head_size = 2;  // RFC 4571: the length, in network order
constexpr int most_reads = 16;        // of one connection in a round

int listen_tcp(const net::IpAddress& local, std::uint16_t number) {
  const media::SocketAddress address = media::to_socket_address(local, number);
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  constexpr int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const auto* where = reinterpret_cast<const sockaddr*>(&address.storage);
  if (bind(fd, where, address.length) == 0 && listen(fd, backlog) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

std::size_t PathHash::operator()(const Path& path) const {
  const std::string_view ip(reinterpret_cast<const char*>(path.ip.data()), path.ip.size());
  const std::size_t where = std::size_t{path.port} << 8U | path.socket;
  return std::hash<std::string_view>()(ip) ^ where * 0x9E3779B97F4A7C15U;
}

base::Result<std::unique_ptr<TcpConnections>> TcpConnections::open(
    const std::vector<net::IpAddress>& local, std::uint16_t number, std::uint8_t first_socket
) {
  std::unique_ptr<TcpConnections> connections(new TcpConnections(first_socket));
  for (const net::IpAddress& address : local) {
    const int fd = listen_tcp(address, number);
    if (fd < 0)
      return base::fail(base::Errc::io, "TCP port " + std::to_string(number) + " is taken");
    if (number == 0) number = media::bound_port(fd);
    connections->listeners_.push_back(fd);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(connections->epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  connections->number_ = number;
  return connections;
}

TcpConnections::TcpConnections(std::uint8_t first_socket)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), first_socket_(first_socket) {}

TcpConnections::~TcpConnections() {
  for (const auto& [path, connection] : connections_) close(connection->fd);
  for (const int fd : listeners_) close(fd);
  close(epoll_);
}

void TcpConnections::receive(base::Instant now, const Take& take) {
  std::array<epoll_event, 64> ready;
  const int count = epoll_wait(epoll_, ready.data(), ready.size(), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    const auto listener = std::ranges::find(listeners_, event.data.fd);
    if (listener != listeners_.end()) {
      accept_from(static_cast<std::size_t>(listener - listeners_.begin()), now);
      continue;
    }
    const auto known = paths_.find(event.data.fd);
    if (known == paths_.end()) continue;  // dropped in this round
    const Path path = known->second;
    Connection& connection = *connections_.at(path);
    if (!flush(connection) || !read(connection, take)) drop(path);
  }
  if (unchecked_ > 0) cut_off_late_ones(now);
}

void TcpConnections::accept_from(std::size_t listener, base::Instant now) {
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  while (true) {
    const int fd = accept4(
        listeners_[listener], reinterpret_cast<sockaddr*>(&from), &length,
        SOCK_NONBLOCK | SOCK_CLOEXEC
    );
    if (fd < 0) return;
    add(fd, to_path(from, first_socket_ + listener), now);
    length = sizeof from;
  }
}

void TcpConnections::add(int fd, const Path& path, base::Instant now) {
  if (unchecked_ >= most_unchecked) make_room();
  if (connections_.size() >= most_connections || connections_.contains(path)) {
    close(fd);
    return;
  }
  constexpr int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto connection = std::make_unique<Connection>();
  connection->fd = fd;
  connection->path = path;
  connection->since = now;
  watch(*connection, EPOLLIN, EPOLL_CTL_ADD);
  paths_[fd] = path;
  connections_[path] = std::move(connection);
  ++unchecked_;
}

void TcpConnections::make_room() {
  const Connection* oldest = nullptr;
  for (const auto& [path, connection] : connections_)
    if (!connection->checked && (oldest == nullptr || connection->since < oldest->since))
      oldest = connection.get();
  if (oldest != nullptr) drop(Path(oldest->path));
}

bool TcpConnections::read(Connection& connection, const Take& take) {
  for (int round = 0; round < most_reads; ++round) {
    const auto room = std::span(connection.in).subspan(connection.in_size);
    const ssize_t got = recv(connection.fd, room.data(), room.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (got == 0) return false;
    connection.in_size += static_cast<std::size_t>(got);
    if (!take_frames(connection, take)) return false;
  }
  return true;
}

bool TcpConnections::take_frames(Connection& connection, const Take& take) {
  std::span<const std::byte> left = std::span(connection.in).first(connection.in_size);
  while (left.size() >= head_size) {
    const std::size_t size =
        std::to_integer<std::size_t>(left[0]) << 8U | std::to_integer<std::size_t>(left[1]);
    if (size > longest_frame) return false;
    if (left.size() - head_size < size) break;
    take(left.subspan(head_size, size), connection.path);
    left = left.subspan(head_size + size);
  }
  std::memmove(connection.in.data(), left.data(), left.size());
  connection.in_size = left.size();
  return true;
}

void TcpConnections::send(const Path& to, std::span<const std::byte> datagram) {
  const auto found = connections_.find(to);
  if (found == connections_.end() || datagram.size() > longest_frame) return;
  Connection& connection = *found->second;
  // A browser that does not read misses packets; half of one may not be left out.
  if (!connection.unsent.empty()) return;
  std::array<std::byte, head_size> head{
      static_cast<std::byte>(datagram.size() >> 8U), static_cast<std::byte>(datagram.size())
  };
  const std::array<iovec, 2> parts{
      iovec{head.data(), head.size()},
      iovec{const_cast<std::byte*>(datagram.data()), datagram.size()}
  };
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  const ssize_t sent = sendmsg(connection.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return;  // a full buffer loses it; a broken connection is seen when it is read
  const auto count = static_cast<std::size_t>(sent);
  if (count >= head.size() + datagram.size()) return;
  if (count < head.size())
    connection.unsent.assign(head.begin() + static_cast<std::ptrdiff_t>(count), head.end());
  const auto rest = datagram.subspan(count < head.size() ? 0 : count - head.size());
  connection.unsent.insert(connection.unsent.end(), rest.begin(), rest.end());
  watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
}

bool TcpConnections::flush(Connection& connection) {
  if (connection.unsent.empty()) return true;
  const ssize_t sent = ::send(
      connection.fd, connection.unsent.data(), connection.unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL
  );
  if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
  connection.unsent.erase(connection.unsent.begin(), connection.unsent.begin() + sent);
  if (connection.unsent.empty()) watch(connection, EPOLLIN, EPOLL_CTL_MOD);
  return true;
}

void TcpConnections::watch(const Connection& connection, std::uint32_t events, int operation)
    const {
  epoll_event event{};
  event.events = events;
  event.data.fd = connection.fd;
  epoll_ctl(epoll_, operation, connection.fd, &event);
}

void TcpConnections::keep(const Path& path) {
  const auto found = connections_.find(path);
  if (found == connections_.end() || found->second->checked) return;
  found->second->checked = true;
  --unchecked_;
}

void TcpConnections::drop(const Path& path) {
  const auto found = connections_.find(path);
  if (found == connections_.end()) return;
  if (!found->second->checked) --unchecked_;
  paths_.erase(found->second->fd);
  close(found->second->fd);
  connections_.erase(found);
}

void TcpConnections::cut_off_late_ones(base::Instant now) {
  std::vector<Path> late;
  for (const auto& [path, connection] : connections_)
    if (!connection->checked && now - connection->since > time_to_check) late.push_back(path);
  for (const Path& path : late) drop(path);
}

}  // namespace belfry::gateway::webrtc
