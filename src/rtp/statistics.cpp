#include "rtp/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace belfry::rtp {
namespace {

// RFC 3550 A.1.
constexpr std::uint16_t most_dropout = 3000;
constexpr std::uint16_t most_misorder = 100;
constexpr std::int64_t unix_epoch_in_ntp = 2'208'988'800;

std::uint32_t to_units(base::Instant at, std::uint32_t clock_hz) {
  const auto since = at.time_since_epoch().count();
  const auto seconds = since / 1'000'000'000;
  const auto rest = since % 1'000'000'000;
  return static_cast<std::uint32_t>(seconds * clock_hz + rest * clock_hz / 1'000'000'000);
}

}  // namespace

std::uint64_t to_ntp(base::WallTime time) {
  const std::int64_t micros = base::to_unix_micros(time);
  const auto seconds = static_cast<std::uint64_t>(micros / 1'000'000 + unix_epoch_in_ntp);
  const auto fraction = (static_cast<std::uint64_t>(micros % 1'000'000) << 32) / 1'000'000;
  return seconds << 32 | fraction;
}

void ReceiveStatistics::start(std::uint16_t sequence) {
  started_ = true;
  first_ = highest_ = sequence;
  cycles_ = 0;
  received_ = 0;
  expected_before_ = received_before_ = 0;
  suspect_.reset();
  last_transit_.reset();
}

/// @return false for a packet that is out of any order: not counted.
bool ReceiveStatistics::count(std::uint16_t sequence) {
  const auto ahead = static_cast<std::uint16_t>(sequence - highest_);
  if (ahead < most_dropout) {
    if (sequence < highest_) cycles_ += 0x10000;
    highest_ = sequence;
  } else if (ahead <= 0x10000 - most_misorder) {
    if (suspect_ != sequence) {
      suspect_ = static_cast<std::uint16_t>(sequence + 1);
      return false;
    }
    start(sequence);  // two in sequence: the source has begun anew
  }
  return true;
}

void ReceiveStatistics::handle_packet(
    std::uint16_t sequence, std::uint32_t timestamp, base::Instant arrived
) {
  if (!started_) start(sequence);
  if (!count(sequence)) return;
  ++received_;
  measure_jitter(timestamp, arrived);
}

void ReceiveStatistics::measure_jitter(std::uint32_t timestamp, base::Instant arrived) {
  const std::uint32_t transit = to_units(arrived, clock_hz_) - timestamp;
  if (last_transit_) {
    const auto difference = static_cast<std::int32_t>(transit - *last_transit_);
    jitter_ += (std::abs(static_cast<double>(difference)) - jitter_) / 16.0;
  }
  last_transit_ = transit;
}

void ReceiveStatistics::handle_sender_report(const SenderInfo& sender, base::Instant arrived) {
  last_sr_ = middle_of(sender.ntp_time);
  last_sr_at_ = arrived;
}

std::uint64_t ReceiveStatistics::expected() const {
  return started_ ? std::uint64_t{cycles_} + highest_ - first_ + 1 : 0;
}

std::int64_t ReceiveStatistics::lost() const {
  return static_cast<std::int64_t>(expected()) - static_cast<std::int64_t>(received_);
}

double ReceiveStatistics::loss_fraction() const {
  if (expected() == 0) return 0;
  return std::max(0.0, static_cast<double>(lost()) / static_cast<double>(expected()));
}

base::Duration ReceiveStatistics::jitter() const {
  return base::Duration{std::llround(jitter_ / clock_hz_ * 1e9)};
}

ReportBlock ReceiveStatistics::report(std::uint32_t ssrc, base::Instant now) {
  const auto expected_now = static_cast<std::int64_t>(expected() - expected_before_);
  const auto lost_now = expected_now - static_cast<std::int64_t>(received_ - received_before_);
  expected_before_ = expected();
  received_before_ = received_;
  ReportBlock block;
  block.ssrc = ssrc;
  if (expected_now > 0 && lost_now > 0)
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>((lost_now << 8) / expected_now, 255));
  block.cumulative_lost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7FFFFF));
  block.highest_sequence = cycles_ + highest_;
  block.jitter = static_cast<std::uint32_t>(std::min(jitter_, 4294967295.0));
  block.last_sr = last_sr_;
  if (last_sr_ != 0)
    block.delay_since_last_sr = to_units(now, 65536) - to_units(last_sr_at_, 65536);
  return block;
}

std::optional<base::Duration> round_trip(const ReportBlock& block, base::WallTime now) {
  if (block.last_sr == 0) return std::nullopt;
  const auto ticks =
      static_cast<std::int32_t>(middle_of(to_ntp(now)) - block.last_sr - block.delay_since_last_sr);
  // A few ticks below zero are rounding on a fast network; much more is a clock or a lie.
  constexpr std::int32_t rounding = -66, minute = 60 * 65536;
  if (ticks < rounding || ticks > minute) return std::nullopt;
  return base::Duration{std::int64_t{std::max(ticks, 0)} * 1'000'000'000 / 65536};
}

double estimate_mos(double loss, base::Duration one_way) {
  constexpr double best = 93.2;             // G.107 default R
  constexpr double loss_robustness = 25.1;  // G.113: Bpl of G.711 with concealment, random loss
  const double percent = std::clamp(loss, 0.0, 1.0) * 100.0;
  const double ms = static_cast<double>(std::max(one_way, base::Duration{0}).count()) * 1e-6;
  const double delay_impairment = 0.024 * ms + (ms > 177.3 ? 0.11 * (ms - 177.3) : 0.0);
  const double loss_impairment = 95.0 * percent / (percent + loss_robustness);
  const double r = std::clamp(best - delay_impairment - loss_impairment, 0.0, 100.0);
  return std::clamp(1.0 + 0.035 * r + 7e-6 * r * (r - 60.0) * (100.0 - r), 1.0, 4.5);
}

}  // namespace belfry::rtp
