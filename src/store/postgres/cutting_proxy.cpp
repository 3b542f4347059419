#include "store/postgres/cutting_proxy.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

namespace belfry::store::testing {
namespace {

constexpr std::string_view socket_name = "/.s.PGSQL.5432";
constexpr std::string_view commit_was_done("COMMIT\0", 7);

sockaddr_un address_in(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + std::string(socket_name);
  std::memcpy(address.sun_path, path.c_str(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string server, const std::string& listen)
    : server_(std::move(server)),
      listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  const sockaddr_un address = address_in(listen);
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(listener_, 8);
  thread_ = std::thread([this] { run(); });
}

CuttingProxy::~CuttingProxy() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

/// One connection after the other: a store has one.
void CuttingProxy::run() {
  while (true) {
    std::array<pollfd, 2> sources{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    ::poll(sources.data(), sources.size(), -1);
    if (sources[1].revents != 0) return;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (cuts_ == 0 || !stays_closed_) pass_on(client);
    ::close(client);
  }
}

void CuttingProxy::pass_on(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_in(server_);
  ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  std::array<char, 65'536> buffer;
  while (true) {
    std::array<pollfd, 3> sources{{{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_, POLLIN, 0}}};
    ::poll(sources.data(), sources.size(), -1);
    if (sources[2].revents != 0) break;
    const bool from_server = sources[1].revents != 0;
    const ssize_t length = ::recv(from_server ? server : client, buffer.data(), buffer.size(), 0);
    if (length <= 0) break;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(length));
    if (shall_cut(from_server, bytes) || !send_all(from_server ? client : server, bytes)) break;
  }
  ::close(server);
}

bool CuttingProxy::shall_cut(bool from_server, std::string_view bytes) {
  const Cut wanted = cut_;
  const bool now = (wanted == Cut::before_the_next_request && !from_server) ||
                   (wanted == Cut::before_the_answer_to_a_commit && from_server &&
                    bytes.contains(commit_was_done));
  if (!now) return false;
  cut_ = Cut::never;
  ++cuts_;
  return true;
}

}  // namespace belfry::store::testing
