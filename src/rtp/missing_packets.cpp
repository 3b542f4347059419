#include "rtp/missing_packets.hpp"

#include <algorithm>

#include "rtp/packet.hpp"

namespace belfry::rtp {
namespace {

/// Beside the round trip, before a question is put again.
constexpr base::Duration answer_margin = std::chrono::milliseconds(20);

}  // namespace

void MissingPackets::handle_packet(std::uint16_t sequence, base::Instant now) {
  if (newest_ && !is_newer(sequence, *newest_)) {
    const auto end = gaps_.begin() + static_cast<std::ptrdiff_t>(count_);
    const auto found = std::ranges::find(gaps_.begin(), end, sequence, &Gap::sequence);
    if (found != end) remove(static_cast<std::size_t>(found - gaps_.begin()));
    return;
  }
  if (newest_) {
    const auto missing = static_cast<std::uint16_t>(sequence - *newest_ - 1);
    if (missing > most) count_ = 0;
    const base::Duration step = (now - newest_at_) / (missing + 1);
    for (std::uint16_t i = 1; missing <= most && i <= missing; ++i)
      add(static_cast<std::uint16_t>(*newest_ + i), newest_at_ + step * i);
  }
  newest_ = sequence;
  newest_at_ = now;
}

void MissingPackets::add(std::uint16_t sequence, base::Instant expected) {
  if (count_ == gaps_.size()) remove(0);
  gaps_[count_++] = {sequence, 0, expected, expected};
}

void MissingPackets::remove(std::size_t index) {
  const auto at = gaps_.begin() + static_cast<std::ptrdiff_t>(index);
  std::shift_left(at, gaps_.begin() + static_cast<std::ptrdiff_t>(count_), 1);
  --count_;
}

std::span<const std::uint16_t> MissingPackets::ask(
    base::Duration round_trip, base::Duration patience, base::Instant now
) {
  std::size_t asked = 0;
  for (std::size_t i = 0; i < count_;) {
    Gap& gap = gaps_[i];
    if (now + round_trip > gap.expected + patience || gap.questions == most_questions) {
      remove(i);
      continue;
    }
    if (now >= gap.ask_at) {
      asked_[asked++] = gap.sequence;
      ++gap.questions;
      gap.ask_at = now + round_trip + answer_margin;
    }
    ++i;
  }
  return std::span(asked_).first(asked);
}

}  // namespace belfry::rtp
