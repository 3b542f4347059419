#include "gateway/webrtc/socket_path.hpp"

#include <netinet/in.h>

#include <cstring>

namespace belfry::gateway::webrtc {

using belfry::webrtc::Path;

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

PeerAddress to_address(const Path& path) {
  PeerAddress address;
  if (path.v6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(path.port);
    std::memcpy(&v6.sin6_addr, path.ip.data(), 16);
    address.length = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(path.port);
    std::memcpy(&v4.sin_addr, path.ip.data(), 4);
    address.length = sizeof v4;
  }
  return address;
}

}  // namespace belfry::gateway::webrtc
