#pragma once
#include <cstddef>
#include <span>

#include "base/time.hpp"

namespace belfry::gateway::media {

/// Sockets that many seats share; what arrives says whose it is. Owned by a media worker, which
/// outlives its seats' wires on it; used on the worker's thread.
class SharedPort {
 public:
  static constexpr std::size_t most_sockets = 16;

  virtual ~SharedPort() = default;
  /// One for each local address, at most `most_sockets`; the same as long as it lives.
  virtual std::span<const int> sockets() const = 0;
  /// Reads what waits on that one of `sockets()`, without blocking, and hands it to the wires.
  virtual void receive_from(std::size_t socket, base::Instant now) = 0;
};

}  // namespace belfry::gateway::media
