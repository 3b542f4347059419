#pragma once
#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>

#include "rtp/srtp.hpp"
#include "webrtc/dtls.hpp"

namespace belfry::webrtc {

/// A DTLS association and what it is for: the encryption of RTP and RTCP on one path (RFC 5764).
/// One thread; after the handshake a packet costs no allocation.
class DtlsSrtp {
 public:
  /// The largest packet that is taken or sent.
  static constexpr std::size_t largest = 2048;

  DtlsSrtp(const DtlsContext& context, DtlsRole role, const Fingerprint& peer)
      : dtls_(context, role, peer) {}

  const Dtls& dtls() const { return dtls_; }
  void start(base::Instant now) { dtls_.start(now); }
  void handle_records(std::span<const std::byte> datagram, base::Instant now);
  void handle_timeout(base::Instant now) { dtls_.handle_timeout(now); }
  std::optional<base::Instant> next_timeout() const { return dtls_.next_timeout(); }
  std::span<const std::byte> poll_transmit() { return dtls_.poll_transmit(); }
  void close() { dtls_.close(); }

  /// Whether there are keys: only after the peer's fingerprint was right (rule M3).
  bool has_keys() const { return receiver_.has_value(); }

  /// Told apart as RFC 5761 section 4 does. @return the plain packet, good until the next call.
  /// Only with keys.
  rtp::SrtpReceiver::Plain open(std::span<const std::byte> packet);
  /// @return the datagram, good until the next call; empty when it is no packet, too large, or its
  /// number was used before. Only with keys.
  std::span<const std::byte> seal_rtp(std::span<const std::byte> packet);
  std::span<const std::byte> seal_rtcp(std::span<const std::byte> compound);

 private:
  Dtls dtls_;
  std::optional<rtp::SrtpSender> sender_;
  std::optional<rtp::SrtpReceiver> receiver_;
  // Two, for a sink sends while it still reads what came.
  std::array<std::byte, largest> plain_{}, sealed_{};
};

}  // namespace belfry::webrtc
