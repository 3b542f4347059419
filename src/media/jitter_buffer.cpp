#include "media/jitter_buffer.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace belfry::media {
namespace {

using std::chrono::milliseconds;

constexpr base::Duration frame = milliseconds(20);
constexpr base::Duration grain = milliseconds(3);  // of what is measured
// A frame of speech is left out only if no loss or pause offered itself for so long.
constexpr base::Duration between_skips = milliseconds(1000);
constexpr base::Duration between_stretches = milliseconds(60);
constexpr base::Duration far_behind = milliseconds(60);  // after a hiccup: five times as often
constexpr base::Duration leap = milliseconds(300);       // after a stall of the network: at once
constexpr int late_to_restart = 5;     // so many in a row: the stream moved, not the packets
constexpr int missing_to_silence = 5;  // concealment has faded by then; the sender has paused

bool is_newer(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b)) > 0;
}

}  // namespace

JitterBuffer::JitterBuffer(const Settings& settings)
    : settings_(settings),
      frame_units_(settings.clock_hz / 50),
      window_units_(settings.clock_hz),
      delay_(settings.clock_hz, settings.initial, settings.minimum, settings.maximum) {
  assert(std::has_single_bit(settings.capacity) && settings.capacity <= 32768);
  assert(settings.largest_payload > 0 && settings.largest_payload <= 65535 && frame_units_ > 0);
  assert(settings.storage_bytes >= settings.largest_payload);
}

void JitterBuffer::reset() {
  started_ = playing_ = false;
  for (Slot& slot : slots_) slot.use = Use::empty;
}

/// The 64-bit position nearest to what is due: timestamps wrap after 149 hours at 8 kHz and start
/// anywhere.
std::int64_t JitterBuffer::extended(std::uint32_t timestamp) const {
  const auto ahead = static_cast<std::int32_t>(timestamp - static_cast<std::uint32_t>(position_));
  return position_ + ahead;
}

std::int64_t JitterBuffer::end_of(const Slot& slot) const {
  return slot.position + (settings_.linear ? slot.size : frame_units_);
}

std::span<std::byte> JitterBuffer::bytes_of(const Slot& slot) {
  return std::span(storage_).subspan(slot.offset, slot.size);
}

bool JitterBuffer::restart(const IncomingPacket& packet, base::Instant arrived) {
  reset();
  if (slots_.empty()) {
    slots_.resize(settings_.capacity);
    storage_.resize(settings_.storage_bytes);
    frame_.resize(
        settings_.linear ? static_cast<std::size_t>(frame_units_) : settings_.largest_payload
    );
  }
  started_ = true;
  ssrc_ = packet.ssrc;
  position_ = packet.timestamp;
  newest_ = packet.sequence;
  last_played_.reset();
  suspect_.reset();
  late_in_a_row_ = missing_in_a_row_ = 0;
  hold_position_ = false;
  delay_.restart(arrived);
  delay_.handle_arrival(position_, arrived);
  next_skip_ = arrived + delay_.target() + between_skips;
  next_stretch_ = arrived;  // nothing is known of the network yet, and what is late is lost
  return store(packet, position_);
}

/// Like RFC 3550 A.1: one packet from another time is a stray, two in sequence are a new time.
bool JitterBuffer::is_discontinuity(const IncomingPacket& packet, std::int64_t position) {
  return position - position_ > window_units_ || position_ - position > window_units_ ||
         (late_in_a_row_ >= late_to_restart && packet.sequence == newest_);
}

bool JitterBuffer::insert(const IncomingPacket& packet, base::Instant arrived) {
  if (packet.payload.empty() || packet.payload.size() > settings_.largest_payload) {
    ++counters_.refused;
    return false;
  }
  if (!started_) return restart(packet, arrived);
  if (packet.ssrc != ssrc_) {
    ++counters_.restarts;
    return restart(packet, arrived);
  }
  const std::int64_t position = extended(packet.timestamp);
  if (is_newer(packet.sequence, newest_)) newest_ = packet.sequence;
  if (is_discontinuity(packet, position)) {
    if (suspect_ == packet.sequence || late_in_a_row_ >= late_to_restart) {
      ++counters_.restarts;
      return restart(packet, arrived);
    }
    suspect_ = static_cast<std::uint16_t>(packet.sequence + 1);
    ++counters_.refused;
    return false;
  }
  if (is_known(packet.sequence)) {
    ++counters_.duplicates;
    return false;
  }
  suspect_.reset();
  delay_.handle_arrival(position, arrived);
  if (!playing_) position_ = std::min(position_, position);  // the first packets came reordered
  const std::int64_t end =
      position +
      (settings_.linear ? static_cast<std::int64_t>(packet.payload.size()) : frame_units_);
  if (end <= position_) {
    ++counters_.late;
    ++late_in_a_row_;
    const base::Duration by{(position_ - position) * 1'000'000'000 / window_units_};
    // While the real delay is on its way to the wanted one packets are late that will be in time
    // then: they must not raise that again.
    delay_.handle_late(growing_ ? std::min(by, delay_.surplus(position, arrived)) : by);
    return false;
  }
  late_in_a_row_ = 0;
  if (packet.sequence != newest_) ++counters_.reordered;
  return store(packet, position);
}

bool JitterBuffer::store(const IncomingPacket& packet, std::int64_t position) {
  Slot& slot = slots_[packet.sequence % slots_.size()];
  const auto room = find_room(packet.payload.size());
  if (slot.use == Use::waiting || !room) {  // more in a second than there is room for
    ++counters_.refused;
    return false;
  }
  next_offset_ = *room + static_cast<std::uint32_t>(packet.payload.size());
  slot = {position,    packet.sequence,     static_cast<std::uint16_t>(packet.payload.size()),
          *room,       packet.payload_type, packet.marker,
          Use::waiting};
  std::ranges::copy(packet.payload, bytes_of(slot).begin());
  ++counters_.inserted;
  return true;
}

/// Behind the newest payload, or at the begin when it does not fit before the end; nothing when a
/// packet that still waits is there.
std::optional<std::uint32_t> JitterBuffer::find_room(std::size_t size) const {
  const std::size_t offset = next_offset_ + size <= storage_.size() ? next_offset_ : 0;
  for (const Slot& slot : slots_) {
    if (slot.use == Use::waiting && slot.offset < offset + size && offset < slot.offset + slot.size)
      return std::nullopt;
  }
  return static_cast<std::uint32_t>(offset);
}

void JitterBuffer::skip(std::uint16_t sequence) {
  if (!started_) return;
  if (is_newer(sequence, newest_)) newest_ = sequence;
  Slot& slot = slots_[sequence % slots_.size()];
  if (slot.use == Use::waiting) return;
  slot.sequence = sequence;
  slot.use = Use::done;
}

bool JitterBuffer::is_known(std::uint16_t sequence) const {
  const Slot& slot = slots_[sequence % slots_.size()];
  return slot.use != Use::empty && slot.sequence == sequence;
}

/// Whether a number between the last frame played and `next` never arrived.
bool JitterBuffer::is_number_missing_before(std::uint16_t next) const {
  if (!last_played_) return false;
  for (auto n = static_cast<std::uint16_t>(*last_played_ + 1); is_newer(next, n); ++n) {
    if (!is_known(n)) return true;
  }
  return false;
}

/// The waiting packet that begins first among those that have bytes in the frame due.
JitterBuffer::Slot* JitterBuffer::first_due() {
  Slot* first = nullptr;
  for (Slot& slot : slots_) {
    if (slot.use != Use::waiting || slot.position >= position_ + frame_units_) continue;
    if (first == nullptr || slot.position < first->position) first = &slot;
  }
  return first;
}

JitterBuffer::Slot* JitterBuffer::next_waiting() {
  Slot* next = nullptr;
  for (Slot& slot : slots_) {
    if (slot.use != Use::waiting) continue;
    if (next == nullptr || slot.position < next->position) next = &slot;
  }
  return next;
}

std::variant<EncodedFrame, Lost, Silence> JitterBuffer::pop(base::Instant now) {
  if (!started_) return Silence{};
  if (!playing_ && delay_.surplus(position_, now) < base::Duration{0}) return Silence{};
  playing_ = true;
  adapt(now);
  if (std::exchange(hold_position_, false)) {
    if (missing_in_a_row_ > missing_to_silence) return Silence{};
    ++counters_.stretched;
    return Lost{};
  }
  Slot* first = first_due();
  if (first == nullptr) return take_missing();
  missing_in_a_row_ = 0;
  ++counters_.played;
  return take(*first);
}

/// Brings the real delay nearer to the wanted one. The dead bands keep the grain of the tick from
/// moving it.
void JitterBuffer::adapt(base::Instant now) {
  if (settings_.minimum == settings_.maximum) return;  // a fixed delay was asked for
  const base::Duration surplus = delay_.surplus(position_, now);
  growing_ = surplus < -frame / 2;
  if (growing_) {
    hold_position_ = now >= next_stretch_;
    if (hold_position_) next_stretch_ = now + between_stretches;
    return;
  }
  // Where packets come evenly a frame too many is seen at once, in jitter it may be needed soon.
  if (surplus < frame + std::clamp<base::Duration>(delay_.jitter(), grain, frame / 2)) {
    next_skip_ = now + between_skips;
    return;
  }
  if (surplus > leap) return leave_out(surplus / frame);
  if (first_due() == nullptr) return leave_out(1);  // costs nothing but a concealment
  if (now < next_skip_) return;
  next_skip_ = now + (surplus > far_behind ? between_skips / 5 : between_skips);
  leave_out(1);
}

void JitterBuffer::leave_out(std::int64_t frames) {
  for (; frames > 0; --frames) {
    if (const Slot* due = first_due(); due != nullptr) {
      ++counters_.skipped;
      last_played_ = due->sequence;
    }
    position_ += frame_units_;
    retire_before(position_);
  }
}

std::variant<EncodedFrame, Lost, Silence> JitterBuffer::take_missing() {
  Slot* next = next_waiting();
  position_ += frame_units_;
  ++missing_in_a_row_;
  if (next == nullptr) {
    if (missing_in_a_row_ > missing_to_silence || !last_played_) return Silence{};
    ++counters_.lost;
    return Lost{};
  }
  // A gap in time without a gap in numbers: the sender was silent (RFC 3550 5.1), or it sent
  // something else.
  if (!is_number_missing_before(next->sequence)) return Silence{};
  ++counters_.lost;
  const bool adjoins = !settings_.linear && next->position == position_;
  return adjoins ? Lost{bytes_of(*next)} : Lost{};
}

EncodedFrame JitterBuffer::take(Slot& first) {
  // A packet that begins inside the frame starts it: phones restart at any timestamp after
  // silence, and frames must stay aligned with packets.
  position_ = std::max(position_, first.position);
  EncodedFrame out{
      first.sequence,
      static_cast<std::uint32_t>(position_),
      first.payload_type,
      first.marker && first.position == position_,
      {}
  };
  if (!settings_.linear) {
    std::ranges::copy(bytes_of(first), frame_.begin());
    out.payload = std::span(frame_).first(first.size);
    position_ = end_of(first);
    last_played_ = first.sequence;
    retire_before(position_);
    return out;
  }
  const std::int64_t frame_end = position_ + frame_units_;
  std::int64_t filled = position_;
  std::uint16_t last = first.sequence;
  for (Slot* slot = &first; slot != nullptr && slot->position <= filled; slot = first_due()) {
    if (slot->payload_type != out.payload_type) break;
    const std::int64_t until = std::min(frame_end, end_of(*slot));
    // A packet that ends before `filled` overlaps one already taken: a sender's mistake.
    if (until > filled) {
      const auto from = bytes_of(*slot).subspan(
          static_cast<std::size_t>(filled - slot->position),
          static_cast<std::size_t>(until - filled)
      );
      std::ranges::copy(from, frame_.begin() + (filled - position_));
      last = slot->sequence;
      filled = until;
    }
    if (end_of(*slot) > frame_end) break;  // the rest of it belongs to the next frame
    slot->use = Use::done;
    if (filled == frame_end) break;
  }
  out.payload = std::span(frame_).first(static_cast<std::size_t>(filled - position_));
  position_ = frame_end;
  last_played_ = last;
  retire_before(position_);
  return out;
}

void JitterBuffer::retire_before(std::int64_t position) {
  for (Slot& slot : slots_) {
    if (slot.use == Use::waiting && end_of(slot) <= position) slot.use = Use::done;
  }
}

}  // namespace belfry::media
