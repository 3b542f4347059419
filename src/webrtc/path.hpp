#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace belfry::webrtc {

/// One way to a peer: its address, and which of our sockets it came in on. What we send leaves from
/// that socket: a browser drops answers from any other address. A value.
struct Path {
  std::array<std::byte, 16> ip{};  // network order; of IPv4 the first four, zeros behind
  bool v6 = false;
  std::uint16_t port = 0;
  std::uint8_t socket = 0;

  std::size_t ip_size() const { return v6 ? 16 : 4; }
  bool operator==(const Path&) const = default;
};

}  // namespace belfry::webrtc
