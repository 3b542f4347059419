#pragma once
#include <cstdint>

#include "base/random.hpp"
#include "rtp/packet.hpp"

namespace belfry::rtp {

/// Numbers one outgoing RTP stream (RFC 3550 5.1): random SSRC, first sequence number and first
/// timestamp (the number's upper half is left free, so that a receiver that misses the first
/// packets of an SRTP stream does not miss its roll-over, RFC 3711 3.3.1); the marker on the first
/// packet after silence (RFC 3551 4.1). One thread.
class OutgoingStream {
 public:
  explicit OutgoingStream(base::Random& random)
      : ssrc_(static_cast<std::uint32_t>(random.next())),
        sequence_(static_cast<std::uint16_t>(random.next() & 0x7FFF)),
        timestamp_(static_cast<std::uint32_t>(random.next())) {}

  /// The header of the next media packet, which covers the next `units` ticks of the RTP clock.
  PacketHeader next(std::uint8_t payload_type, std::uint32_t units) {
    const PacketHeader header{silent_, payload_type, sequence_++, timestamp_, ssrc_};
    silent_ = false;
    timestamp_ += units;
    return header;
  }
  /// Time passes without a packet.
  void be_silent(std::uint32_t units) {
    silent_ = true;
    timestamp_ += units;
  }
  /// The header of a packet that has a time of its own (telephone-event): uses up a sequence
  /// number, not time; call `be_silent` for the audio that it replaces.
  PacketHeader next_at(std::uint8_t payload_type, std::uint32_t timestamp, bool marker) {
    return {marker, payload_type, sequence_++, timestamp, ssrc_};
  }
  std::uint32_t ssrc() const { return ssrc_; }
  std::uint32_t timestamp() const { return timestamp_; }

 private:
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
  bool silent_ = true;
};

}  // namespace belfry::rtp
