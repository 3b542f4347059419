#pragma once
#include <optional>
#include <span>

#include "gateway/media/wire.hpp"
#include "rtp/arrival_log.hpp"
#include "rtp/missing_packets.hpp"
#include "rtp/packet.hpp"
#include "rtp/sent_tally.hpp"

namespace belfry::gateway::media {

/// What a seat and its party tell each other of single packets (RFC 4585), as far as they have
/// agreed to: when each arrived, and which are missed. Made on the control thread, used on the
/// worker's; no allocation, never throws.
class Feedback {
 public:
  /// @param transport_numbers the header extension that has them, 1 to 14
  Feedback(std::optional<std::uint8_t> transport_numbers, bool nack)
      : transport_numbers_(transport_numbers), nack_(nack) {}

  void handle_packet(const rtp::PacketView& packet, base::Instant now);
  /// Sends again what is missed, over `wire` and within its bounds (rule M7).
  void handle_control(std::span<const std::byte> bytes, Wire& wire, base::Instant now);
  /// Part of what we sent that the party missed, once for each second or so of feedback.
  std::optional<double> take_loss() { return tally_.take_loss(); }

  /// Room that a packet needs before its payload.
  std::size_t header_size() const {
    return transport_numbers_ ? rtp::extended_header_size : rtp::header_size;
  }
  /// @param into at least `header_size()`
  void write_header(const rtp::PacketHeader& header, std::span<std::byte> into);

  bool due(base::Instant now) const { return arrivals_.due(now); }
  /// What has come since the last time. @return the packet, in `into`.
  std::span<const std::byte> write_arrivals(
      std::uint32_t own_source, std::span<std::byte> into, base::Instant now
  );
  /// What is missed and can still be here in time. @return the packet, in `into`; empty: nothing.
  /// @param patience from when a packet should have come to when it is played
  std::span<const std::byte> write_questions(
      std::uint32_t own_source, base::Duration round_trip, base::Duration patience,
      std::span<std::byte> into, base::Instant now
  );

 private:
  std::optional<std::uint8_t> transport_numbers_;
  bool nack_;
  std::uint32_t source_ = 0;  // the party's stream
  rtp::ArrivalLog arrivals_;
  rtp::MissingPackets missing_;
  rtp::SentTally tally_;
};

}  // namespace belfry::gateway::media
