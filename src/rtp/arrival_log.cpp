#include "rtp/arrival_log.hpp"

#include <algorithm>

namespace belfry::rtp {
namespace {

constexpr std::uint8_t transport_feedback_format = 15;
constexpr std::int64_t deltas_in_reference = reference_unit / delta_unit;
constexpr std::size_t worth_a_run = 7;  // as many as the other kind of chunk holds

std::int64_t in_deltas(base::Instant at) {
  return at.time_since_epoch() / delta_unit;
}

/// Symbols of two bits, in runs or seven to a chunk (section 3.1.1 to 3.1.4 of the draft).
void write_chunks(base::ByteWriter& writer, std::span<const std::uint8_t> symbols) {
  while (!symbols.empty()) {
    const auto end = std::ranges::find_if(symbols, [&](std::uint8_t symbol) {
      return symbol != symbols.front();
    });
    const auto run = static_cast<std::size_t>(end - symbols.begin());
    if (run >= worth_a_run || run == symbols.size()) {
      writer.u16(static_cast<std::uint16_t>(symbols.front() << 13U | run));
      symbols = symbols.subspan(run);
      continue;
    }
    unsigned chunk = 0xC000;
    const std::size_t count = std::min(symbols.size(), worth_a_run);
    for (std::size_t i = 0; i < count; ++i)
      chunk |= static_cast<unsigned>(symbols[i]) << (12U - 2U * i);
    writer.u16(static_cast<std::uint16_t>(chunk));
    symbols = symbols.subspan(count);
  }
}

}  // namespace

const ArrivalLog::Arrival* ArrivalLog::find(std::int64_t sequence) const {
  const Arrival& arrival = arrivals_[static_cast<std::size_t>(sequence) % capacity];
  return arrival.sequence == sequence ? &arrival : nullptr;
}

void ArrivalLog::handle_packet(std::uint16_t sequence, base::Instant arrived) {
  if (newest_ < 0) {
    newest_ = 0x10000 + sequence;  // so that earlier ones have numbers too
    next_ = newest_;
  }
  const auto ahead = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(newest_));
  const std::int64_t extended = newest_ + ahead;
  constexpr auto reach = static_cast<std::int64_t>(capacity);
  if (extended <= newest_ - reach || extended < 0 || find(extended) != nullptr) return;
  arrivals_[static_cast<std::size_t>(extended) % capacity] = {extended, arrived};
  newest_ = std::max(newest_, extended);
  next_ = std::max(std::min(next_, extended), newest_ - reach + 1);
}

void ArrivalLog::write(
    RtcpWriter& writer, std::uint32_t sender, std::uint32_t source, base::Instant now
) {
  if (next_ > newest_) return;
  const Arrival* first = nullptr;
  for (std::int64_t i = next_; first == nullptr; ++i) first = find(i);  // `newest_` is there
  const std::int64_t reference = in_deltas(first->at) / deltas_in_reference;
  std::int64_t time = reference * deltas_in_reference;
  std::array<std::uint8_t, capacity> symbols;
  std::array<std::byte, 2 * capacity> delta_bytes;
  base::ByteWriter deltas(delta_bytes);
  std::size_t count = 0;
  for (std::int64_t i = next_; i <= newest_; ++i) {
    const Arrival* arrival = find(i);
    const std::int64_t delta = arrival == nullptr ? 0 : in_deltas(arrival->at) - time;
    if (delta < INT16_MIN || delta > INT16_MAX) break;  // with a reference of its own, next time
    const bool is_small = delta >= 0 && delta <= UINT8_MAX;
    symbols[count++] = arrival == nullptr ? 0 : is_small ? 1 : 2;
    if (arrival == nullptr) continue;
    time += delta;
    if (is_small) {
      deltas.u8(static_cast<std::uint8_t>(delta));
    } else {
      deltas.u16(static_cast<std::uint16_t>(delta));
    }
  }
  std::array<std::byte, 8 + 4 * capacity> content;
  base::ByteWriter body(content);
  body.u16(static_cast<std::uint16_t>(next_));
  body.u16(static_cast<std::uint16_t>(count));
  body.u24(static_cast<std::uint32_t>(reference) & 0xFFFFFF);
  body.u8(number_++);
  write_chunks(body, std::span(symbols).first(count));
  body.bytes(deltas.written());
  writer.transport_layer_feedback(transport_feedback_format, sender, source, body.written());
  next_ += static_cast<std::int64_t>(count);
  next_time_ = now + interval;
}

}  // namespace belfry::rtp
