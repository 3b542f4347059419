#include "rtp/feedback.hpp"

#include <algorithm>
#include <array>

namespace belfry::rtp {
namespace {

constexpr std::uint8_t transport_layer_type = 205;
constexpr std::uint8_t nack_format = 1;
constexpr std::uint8_t transport_feedback_format = 15;
constexpr std::size_t most_entries = 32;

// What two bits say of a packet; 3 is reserved.
constexpr unsigned small_delta = 1;
constexpr unsigned large_delta = 2;

bool is_vector(std::uint16_t chunk) {
  return (chunk & 0x8000) != 0;
}
bool has_wide_symbols(std::uint16_t chunk) {
  return (chunk & 0x4000) != 0;
}
std::uint32_t symbols_in(std::uint16_t chunk) {
  if (!is_vector(chunk)) return chunk & 0x1FFF;
  return has_wide_symbols(chunk) ? 7 : 14;
}
unsigned symbol_of(std::uint16_t chunk, std::uint32_t index) {
  if (!is_vector(chunk)) return chunk >> 13 & 3;
  if (has_wide_symbols(chunk)) return static_cast<unsigned>(chunk >> (12 - 2 * index) & 3);
  return static_cast<unsigned>(chunk >> (13 - index) & 1);
}
/// Bytes of the time that a symbol stands for; nothing for the reserved one.
std::optional<std::size_t> delta_bytes(unsigned symbol) {
  if (symbol > large_delta) return std::nullopt;
  return symbol;  // 0, 1 or 2, as it happens
}

/// Of the first `count` symbols of a chunk.
std::optional<std::size_t> delta_bytes(std::uint16_t chunk, std::uint32_t count) {
  if (!is_vector(chunk)) {
    const auto each = delta_bytes(symbol_of(chunk, 0));
    return each ? std::optional(*each * count) : std::nullopt;
  }
  std::size_t sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto each = delta_bytes(symbol_of(chunk, i));
    if (!each) return std::nullopt;
    sum += *each;
  }
  return sum;
}

}  // namespace

std::optional<Nack> read_nack(const OtherRtcp& packet) {
  if (packet.type != transport_layer_type || packet.format != nack_format) return std::nullopt;
  base::ByteReader reader(packet.body);
  Nack nack{reader.u32(), reader.u32(), {}};
  if (!reader.ok() || reader.left() == 0 || reader.left() % 4 != 0) return std::nullopt;
  nack.entries = reader.rest();
  return nack;
}

void write_nack(
    RtcpWriter& writer, std::uint32_t sender, std::uint32_t source,
    std::span<const std::uint16_t> numbers
) {
  std::array<std::byte, most_entries * 4> content;
  base::ByteWriter entries(content);
  while (!numbers.empty() && entries.written().size() < content.size()) {
    const std::uint16_t first = numbers.front();
    std::uint16_t mask = 0;
    for (numbers = numbers.subspan(1); !numbers.empty(); numbers = numbers.subspan(1)) {
      const auto ahead = static_cast<std::uint16_t>(numbers.front() - first);
      if (ahead == 0 || ahead > 16) break;
      mask = static_cast<std::uint16_t>(mask | 1U << (ahead - 1U));
    }
    entries.u16(first);
    entries.u16(mask);
  }
  writer.transport_layer_feedback(nack_format, sender, source, entries.written());
}

std::optional<TransportFeedback> read_transport_feedback(const OtherRtcp& packet) {
  if (packet.type != transport_layer_type || packet.format != transport_feedback_format)
    return std::nullopt;
  base::ByteReader reader(packet.body);
  TransportFeedback feedback;
  feedback.sender = reader.u32();
  feedback.source = reader.u32();
  feedback.base_sequence = reader.u16();
  feedback.status_count = reader.u16();
  feedback.reference_time = static_cast<std::int32_t>(reader.u24() << 8) >> 8;
  feedback.number = reader.u8();
  if (!reader.ok() || feedback.status_count == 0) return std::nullopt;
  const auto statuses = reader.rest();
  std::size_t chunks = 0, deltas = 0;
  for (std::uint32_t left = feedback.status_count; left > 0;) {
    const std::uint16_t chunk = reader.u16();
    const std::uint32_t count = std::min(left, symbols_in(chunk));
    const auto more = delta_bytes(chunk, count);
    if (!reader.ok() || count == 0 || !more) return std::nullopt;
    left -= count;
    chunks += 2;
    deltas += *more;
  }
  feedback.chunks = statuses.first(chunks);
  feedback.deltas = reader.take(deltas);
  if (!reader.ok()) return std::nullopt;
  return feedback;
}

TransportStatuses::TransportStatuses(const TransportFeedback& feedback)
    : chunks_(feedback.chunks),
      deltas_(feedback.deltas),
      sequence_(feedback.base_sequence),
      left_(feedback.status_count),
      time_(feedback.reference_time * reference_unit) {}

unsigned TransportStatuses::next_symbol() {
  if (in_chunk_ == 0) {
    chunk_ = chunks_.u16();
    in_chunk_ = symbols_in(chunk_);
  }
  return symbol_of(chunk_, symbols_in(chunk_) - in_chunk_--);
}

std::optional<PacketStatus> TransportStatuses::next() {
  if (left_ == 0) return std::nullopt;
  --left_;
  PacketStatus status{sequence_++, std::nullopt};
  const unsigned symbol = next_symbol();
  if (symbol == 0) return status;
  const auto delta = symbol == small_delta ? std::int32_t{deltas_.u8()}
                                           : std::int32_t{static_cast<std::int16_t>(deltas_.u16())};
  time_ += delta * delta_unit;
  status.arrived = time_;
  return status;
}

}  // namespace belfry::rtp
