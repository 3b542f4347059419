#include "rtp/sent_history.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "rtp/packet.hpp"

namespace belfry::rtp {
namespace {

constexpr std::size_t longest_packet = 1500;

}  // namespace

void SentHistory::keep(std::span<const std::byte> packet, base::Instant now) {
  if (packet.size() < header_size || packet.size() > longest_packet) return;
  const std::size_t left = capacity_bytes - position_ % capacity_bytes;
  if (left < packet.size()) position_ += left;
  const std::uint16_t sequence = base::ByteReader(packet.subspan(2)).u16();
  Slot& slot = slots_[sequence % slots_.size()];
  slot = {position_, static_cast<std::uint16_t>(packet.size()), sequence, 0, now};
  std::ranges::copy(
      packet, bytes_.begin() + static_cast<std::ptrdiff_t>(position_ % capacity_bytes)
  );
  position_ += packet.size();
  credit_ = std::min(credit_ + packet.size(), burst_bytes);
}

std::span<const std::byte> SentHistory::find(std::uint16_t sequence, base::Instant now) {
  Slot& slot = slots_[sequence % slots_.size()];
  const bool is_here = slot.size > 0 && slot.sequence == sequence && now - slot.sent <= longest &&
                       position_ - slot.position <= capacity_bytes;
  if (!is_here || slot.repeats == most_repeats || slot.size > credit_) return {};
  ++slot.repeats;
  credit_ -= slot.size;
  return std::span(bytes_).subspan(slot.position % capacity_bytes, slot.size);
}

}  // namespace belfry::rtp
