#pragma once
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtp/rtcp.hpp"

namespace belfry::rtp {

/// NTP's 32.32 fixed point, seconds since 1900 (RFC 3550 4).
std::uint64_t to_ntp(base::WallTime time);
/// Its middle 32 bits: 1/65536 s, wraps each 18 hours.
constexpr std::uint32_t middle_of(std::uint64_t ntp_time) {
  return static_cast<std::uint32_t>(ntp_time >> 16);
}

/// What was received of one source (RFC 3550 A.1, A.3, A.8). A source that restarts its sequence
/// numbers is counted from there on. One thread, no allocation.
class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(std::uint32_t clock_hz) : clock_hz_(clock_hz) {}

  void handle_packet(std::uint16_t sequence, std::uint32_t timestamp, base::Instant arrived);
  void handle_sender_report(const SenderInfo& sender, base::Instant arrived);
  /// For the next SR or RR; begins a new interval for the fraction lost.
  ReportBlock report(std::uint32_t ssrc, base::Instant now);

  std::uint64_t received() const { return received_; }
  std::uint64_t expected() const;
  /// May be negative by duplicates, as in the report.
  std::int64_t lost() const;
  double loss_fraction() const;  // of the whole time, 0 to 1
  base::Duration jitter() const;

 private:
  void start(std::uint16_t sequence);
  bool count(std::uint16_t sequence);
  void measure_jitter(std::uint32_t timestamp, base::Instant arrived);

  std::uint32_t clock_hz_;
  bool started_ = false;
  std::uint16_t highest_ = 0;
  std::uint32_t cycles_ = 0;  // wraps, times 65536
  std::uint32_t first_ = 0;
  std::optional<std::uint16_t> suspect_;  // the number that would confirm a restart
  std::uint64_t received_ = 0;            // since `first_`
  std::uint64_t expected_before_ = 0, received_before_ = 0;  // at the last report
  std::optional<std::uint32_t> last_transit_;
  double jitter_ = 0;  // ticks
  std::uint32_t last_sr_ = 0;
  base::Instant last_sr_at_{};
};

/// What was sent on one stream, for its sender reports. One thread.
class SendStatistics {
 public:
  void handle_packet(std::size_t payload_bytes) {
    ++packets_;
    octets_ += static_cast<std::uint32_t>(payload_bytes);
  }
  /// @param timestamp of the RTP clock at `now`.
  SenderInfo report(std::uint32_t timestamp, base::WallTime now) const {
    return {to_ntp(now), timestamp, packets_, octets_};
  }
  std::uint32_t packets() const { return packets_; }

 private:
  std::uint32_t packets_ = 0, octets_ = 0;  // wrap, by the standard
};

/// Network round trip from a report about us (RFC 3550 6.4.1): now - LSR - DLSR. Nothing when the
/// peer had no SR yet or the sum is impossible.
std::optional<base::Duration> round_trip(const ReportBlock& block, base::WallTime now);

/// Mean opinion score, 1 to 4.5, of a G.711 call with concealment by the E-model (ITU-T G.107;
/// loss impairment from G.113 appendix I). An estimate from the network alone.
/// @param loss 0 to 1, late packets included. @param one_way mouth to ear.
double estimate_mos(double loss, base::Duration one_way);

}  // namespace belfry::rtp
