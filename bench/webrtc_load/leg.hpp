#pragma once
#include <optional>

#include "base/random.hpp"
#include "media/codec.hpp"
#include "rtp/stream.hpp"
#include "webrtc/client_transport.hpp"
#include "webrtc_load/arrivals.hpp"
#include "webrtc_load/speech.hpp"

namespace belfry::bench {

/// What both descriptions agreed.
struct LegTerms {
  webrtc::ClientTransport::Settings transport;
  media::Codec codec = media::Codec::opus;
  std::uint8_t payload_type = 111;
  Voice voice = Voice::talks;
};

/// A browser's media on a UDP socket of its own: connects, says a frame whenever it is told to,
/// counts what it hears. One thread.
class Leg final : private webrtc::TransportOutput, private webrtc::TransportSink {
 public:
  /// All references outlive it. @param first the frame of the speech that it begins with
  Leg(const webrtc::DtlsContext& context, const LegTerms& terms, const Speech& speech,
      std::size_t first, base::Random& random, base::Instant now);
  ~Leg() override;
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;

  /// -1 where there was none to be had.
  int socket() const { return socket_; }
  /// What the kernel has.
  void receive(base::Instant now);
  /// Checks and handshakes that are due.
  void tend(base::Instant now);
  void speak();
  void close() { transport_.close(); }

  bool connected() const { return transport_.connected(); }
  void restart_counts();
  std::uint64_t sent() const { return sent_; }
  std::uint64_t not_authentic() const { return transport_.dropped(); }
  ArrivalCounts arrivals() const { return arrivals_.counts(); }

 private:
  void send(const webrtc::Path& to, std::span<const std::byte> datagram) override;
  void on_rtp(std::span<const std::byte> packet, base::Instant arrived) override;
  void on_rtcp(std::span<const std::byte>, base::Instant) override {}

  int socket_;
  const Speech& speech_;
  std::size_t next_;
  std::uint8_t payload_type_;
  std::uint32_t units_;  // of a frame
  rtp::OutgoingStream stream_;
  std::uint64_t sent_ = 0;
  Arrivals arrivals_;
  webrtc::ClientTransport transport_;
};

}  // namespace belfry::bench
