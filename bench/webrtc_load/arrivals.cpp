#include "webrtc_load/arrivals.hpp"

#include <algorithm>
#include <cstdlib>

namespace belfry::bench {
namespace {

constexpr int longest_gap = 3000;  // of numbers in one stream: a minute
constexpr int reordering = 100;    // packets that an old number may be behind

}  // namespace

bool Arrivals::continues(const rtp::PacketView& packet) const {
  if (!newest_ || newest_->ssrc != packet.ssrc) return false;
  const auto step = static_cast<std::int16_t>(packet.sequence - newest_->sequence);
  return step > -reordering && step < longest_gap;
}

void Arrivals::take(const rtp::PacketView& packet, base::Instant arrived) {
  const Last current{packet.ssrc, packet.sequence, packet.timestamp, arrived};
  if (!continues(packet)) {
    ++counts_.streams;
    ++counts_.received;
    newest_ = current;
    return;
  }
  const auto step = static_cast<std::int16_t>(packet.sequence - newest_->sequence);
  if (step == 0) {
    ++counts_.repeated;
    return;
  }
  ++counts_.received;
  if (step < 0) {
    ++filled_;
    return;
  }
  missing_ += static_cast<std::uint64_t>(step - 1);
  const auto units = static_cast<std::int32_t>(packet.timestamp - newest_->timestamp);
  const base::Duration said(std::int64_t{units} * 1'000'000'000 / clock_hz_);
  const base::Duration delay = arrived - newest_->arrived - said;
  counts_.worst_delay = std::max(counts_.worst_delay, delay);
  if (delay > late_after) ++counts_.late;
  newest_ = current;
}

void Arrivals::restart() {
  counts_ = {};
  missing_ = filled_ = 0;
}

ArrivalCounts Arrivals::counts() const {
  ArrivalCounts counts = counts_;
  counts.lost = missing_ - std::min(missing_, filled_);
  return counts;
}

}  // namespace belfry::bench
