#pragma once
#include <sys/socket.h>

#include <cstddef>

#include "webrtc/path.hpp"

namespace belfry::gateway::webrtc {

/// A peer's address as the kernel tells it, on one of our sockets.
belfry::webrtc::Path to_path(const sockaddr_storage& source, std::size_t socket);

struct PeerAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};
PeerAddress to_address(const belfry::webrtc::Path& path);

}  // namespace belfry::gateway::webrtc
