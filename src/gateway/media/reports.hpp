#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>

#include "base/random.hpp"
#include "call/media.hpp"
#include "rtp/packet.hpp"
#include "rtp/rate_by_loss.hpp"
#include "rtp/rtcp.hpp"
#include "rtp/statistics.hpp"
#include "rtp/stream.hpp"

namespace belfry::gateway::media {

/// A seat's RTCP: counts what comes and goes, says so every 5 s on average (RFC 3550 §6.2), and
/// hears what the other side says. NTP times are those of the monotonic clock: the standard asks
/// only that one clock is used, and a stepped wall clock must not spoil round trips. Worker's
/// thread, no allocation after construction.
class Reports {
 public:
  explicit Reports(base::Random& random);

  /// Another codec: a stream whose RTP clock may be another one.
  void change_clock(std::uint32_t clock_hz);
  void handle_packet(const rtp::PacketView& packet, base::Instant now);
  void handle_sent(const rtp::PacketHeader& header, std::size_t payload_size, base::Instant now);
  void handle_control(std::span<const std::byte> bytes, base::Instant now);

  bool due(base::Instant now) const { return now >= next_; }
  /// @return the compound packet, in `into`.
  std::span<const std::byte> write(
      const rtp::OutgoingStream& stream, std::span<std::byte> into, base::Instant now
  );
  std::span<const std::byte> write_goodbye(
      const rtp::OutgoingStream& stream, std::span<std::byte> into
  ) const;
  /// Part of what we sent that the other side missed lately, 0 to 1, as it last said.
  double loss_there() const { return loss_there_; }
  /// The same from elsewhere than its reports.
  void handle_loss(double loss);
  /// What the way there bears, by that loss, where the codec can follow.
  std::uint32_t bits_per_second() const { return rate_.bits_per_second(); }
  std::optional<base::Duration> round_trip() const { return round_trip_; }
  /// Of the streams: what the seat and its wire know besides is left as it is.
  call::SeatStatistics statistics() const;

 private:
  /// @return the block about what we send.
  std::optional<rtp::ReportBlock> handle_blocks(const rtp::ReportBlocks& blocks, base::Instant now);
  void judge(const std::optional<rtp::ReportBlock>& about_us);

  base::Random& random_;
  std::array<char, 24> cname_;
  std::uint32_t clock_hz_ = 8000;
  rtp::ReceiveStatistics received_{8000};
  rtp::SendStatistics sent_;
  std::uint64_t packets_out_ = 0;
  std::optional<std::uint32_t> source_;
  std::optional<std::uint32_t> own_source_;
  std::optional<base::Duration> round_trip_;
  double loss_there_ = 0;
  rtp::RateByLoss rate_;
  // Whether the other side hears us, and how far both were when it last reported.
  call::PartyReports party_reports_ = call::PartyReports::none;
  std::uint64_t packets_out_then_ = 0;
  std::optional<std::uint32_t> highest_there_;
  base::Instant next_{};
};

}  // namespace belfry::gateway::media
