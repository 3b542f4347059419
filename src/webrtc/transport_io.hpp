#pragma once
#include <cstddef>
#include <span>

#include "base/time.hpp"
#include "webrtc/path.hpp"

namespace belfry::webrtc {

/// Where a transport's datagrams go: at once, from inside the call that makes them.
class TransportOutput {
 public:
  virtual ~TransportOutput() = default;
  /// @param datagram good until this returns
  virtual void send(const Path& to, std::span<const std::byte> datagram) = 0;
};

/// Who hears what the peer sent: decrypted, authentic, each packet once. May send from in here, but
/// not destroy the transport.
class TransportSink {
 public:
  virtual ~TransportSink() = default;
  /// @param packet good until this returns
  virtual void on_rtp(std::span<const std::byte> packet, base::Instant now) = 0;
  virtual void on_rtcp(std::span<const std::byte> compound, base::Instant now) = 0;
};

}  // namespace belfry::webrtc
