#include "rtp/telephone_event.hpp"

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"

namespace belfry::rtp {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view digits = "0123456789*#ABCD";
constexpr base::Duration frame = milliseconds(20);
constexpr std::uint32_t end_packets = 3;
// Some phones send an update every 50 ms; three lost in a row must not split a press.
constexpr base::Duration release_after = milliseconds(220);

std::uint32_t ticks_in(base::Duration duration) {
  return static_cast<std::uint32_t>((duration + frame - base::Duration{1}) / frame);
}

}  // namespace

std::optional<TelephoneEvent> parse_telephone_event(std::span<const std::byte> payload) {
  base::ByteReader reader(payload);
  TelephoneEvent event;
  event.event = reader.u8();
  const std::uint8_t flags = reader.u8();
  event.duration = reader.u16();
  if (!reader.ok()) return std::nullopt;
  event.end = (flags & 0x80) != 0;
  event.volume = flags & 0x3F;
  return event;
}

std::array<std::byte, telephone_event_size> write_telephone_event(const TelephoneEvent& event) {
  std::array<std::byte, telephone_event_size> payload;
  base::ByteWriter writer(payload);
  writer.u8(event.event);
  writer.u8(static_cast<std::uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3F)));
  writer.u16(event.duration);
  return payload;
}

std::optional<std::uint8_t> event_of_digit(char digit) {
  const std::size_t event = digits.find(digit);
  if (event == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(event);
}

std::optional<char> digit_of_event(std::uint8_t event) {
  if (event >= digits.size()) return std::nullopt;
  return digits[event];
}

DigitSender::DigitSender(const Settings& settings)
    : frame_units_(settings.clock_hz / 50),
      // The duration field has 16 bits: no press longer than it can say in one segment.
      length_ticks_(std::clamp(ticks_in(settings.length), 1u, 0xFFFFu / frame_units_)),
      // The end packets repeat in the first two ticks of the rest.
      rest_ticks_(std::max(ticks_in(settings.gap), end_packets - 1)),
      pause_ticks_(std::max(ticks_in(settings.pause), 1u)) {}

bool DigitSender::enqueue(char digit) {
  if (digit != 'w' && !event_of_digit(digit)) return false;
  return waiting_.push(digit);
}

void DigitSender::begin(std::uint32_t timestamp) {
  const char digit = *waiting_.pop();
  if (digit == 'w') {
    state_ = State::resting;
    ticks_ = pause_ticks_;
    return;
  }
  state_ = State::pressed;
  event_ = *event_of_digit(digit);
  started_ = timestamp;
  elapsed_ = 0;
}

DigitSender::Packet DigitSender::packet(bool end) {
  const auto duration = static_cast<std::uint16_t>(elapsed_ * frame_units_);
  return {
      started_, elapsed_ == 1 && state_ == State::pressed,
      write_telephone_event({.event = event_, .end = end, .duration = duration})
  };
}

std::optional<DigitSender::Packet> DigitSender::tick(std::uint32_t timestamp) {
  if (state_ == State::idle && !waiting_.empty()) begin(timestamp);
  switch (state_) {
    case State::idle:
      return std::nullopt;
    case State::pressed: {
      ++elapsed_;
      const bool end = elapsed_ >= length_ticks_;
      const Packet out = packet(end);
      if (end) {
        state_ = State::ending;
        ticks_ = 0;
      }
      return out;
    }
    case State::ending:
      ++ticks_;
      if (ticks_ == end_packets - 1) {
        state_ = rest_ticks_ > ticks_ ? State::resting : State::idle;
        ticks_ = rest_ticks_ - ticks_;
      }
      return packet(true);
    case State::resting:
      if (--ticks_ == 0) state_ = State::idle;
      return std::nullopt;
  }
  return std::nullopt;
}

/// RFC 4733 2.5.1.3: a segment ends at the largest duration, the next begins where it ended.
bool DigitReceiver::is_continued_by(std::uint32_t timestamp, std::uint8_t event) const {
  return pressed_ && event == event_ && duration_ >= 0x8000 && timestamp == timestamp_ + duration_;
}

void DigitReceiver::handle_packet(
    std::uint32_t timestamp, std::span<const std::byte> payload, base::Instant now
) {
  handle_timeout(now);
  const auto packet = parse_telephone_event(payload);
  if (!packet || !digit_of_event(packet->event)) return;
  const auto ahead = static_cast<std::int32_t>(timestamp - timestamp_);
  if (heard_any_ && ahead < 0) return;  // of an earlier press, delayed
  if (heard_any_ && ahead == 0) {
    if (!pressed_) return;  // the end again
  } else if (is_continued_by(timestamp, packet->event)) {
    before_units_ += duration_;
    duration_ = 0;
    timestamp_ = timestamp;
  } else {
    release();
    heard_any_ = pressed_ = true;
    event_ = packet->event;
    timestamp_ = timestamp;
    before_units_ = 0;
    duration_ = 0;
    events_.push(DigitPressed{*digit_of_event(event_)});
  }
  duration_ = std::max(duration_, packet->duration);
  last_heard_ = now;
  if (packet->end) release();
}

void DigitReceiver::handle_timeout(base::Instant now) {
  if (pressed_ && now - last_heard_ >= release_after) release();
}

void DigitReceiver::reset() {
  release();
  heard_any_ = false;
}

std::optional<base::Instant> DigitReceiver::next_timeout() const {
  if (!pressed_) return std::nullopt;
  return last_heard_ + release_after;
}

void DigitReceiver::release() {
  if (!pressed_) return;
  pressed_ = false;
  const std::int64_t units = std::int64_t{before_units_} + duration_;
  events_.push(
      DigitReleased{*digit_of_event(event_), base::Duration{units * 1'000'000 / clock_hz_ * 1000}}
  );
}

}  // namespace belfry::rtp
