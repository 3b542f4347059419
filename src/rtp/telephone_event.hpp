#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "base/fixed_queue.hpp"
#include "base/time.hpp"

namespace belfry::rtp {

/// The payload of a telephone-event packet (RFC 4733 2.3).
struct TelephoneEvent {
  std::uint8_t event = 0;  // 0 to 15: digits
  bool end = false;
  std::uint8_t volume = 10;    // -dBm0
  std::uint16_t duration = 0;  // ticks of the RTP clock since the packet's timestamp
};
inline constexpr std::size_t telephone_event_size = 4;
std::optional<TelephoneEvent> parse_telephone_event(std::span<const std::byte> payload);
std::array<std::byte, telephone_event_size> write_telephone_event(const TelephoneEvent& event);

/// `0-9 * # A-D` as events 0 to 15 (RFC 4733 3.2).
std::optional<std::uint8_t> event_of_digit(char digit);
std::optional<char> digit_of_event(std::uint8_t event);

/// Sends digits one after the other as telephone-events: a packet each 20 ms with growing duration
/// and one timestamp, the marker on the first, the end three times. Driven by the media tick; its
/// time is the stream's RTP clock. One thread, no allocation.
class DigitSender {
 public:
  struct Settings {
    std::uint32_t clock_hz = 8000;
    base::Duration length = std::chrono::milliseconds(100);  // rounded up to 20 ms
    base::Duration gap = std::chrono::milliseconds(50);      // between digits; likewise
    base::Duration pause = std::chrono::milliseconds(500);   // of a `w`
  };
  struct Packet {
    std::uint32_t timestamp = 0;  // of the event's start
    bool marker = false;
    std::array<std::byte, telephone_event_size> payload{};
  };

  DigitSender() : DigitSender(Settings()) {}
  explicit DigitSender(const Settings& settings);

  /// `w` is a pause. @return false when it is no digit or 64 are waiting.
  bool enqueue(char digit);
  void clear() { waiting_ = {}; }
  /// While true, audio is not sent: the receiver would hear both.
  bool active() const { return state_ != State::idle || !waiting_.empty(); }
  /// Once per 20 ms. @param timestamp that the stream's audio would have in this tick.
  std::optional<Packet> tick(std::uint32_t timestamp);

 private:
  enum class State : std::uint8_t { idle, pressed, ending, resting };
  void begin(std::uint32_t timestamp);
  Packet packet(bool end);

  std::uint32_t frame_units_;
  std::uint32_t length_ticks_, rest_ticks_, pause_ticks_;
  base::FixedQueue<char, 64> waiting_;
  State state_ = State::idle;
  std::uint8_t event_ = 0;
  std::uint32_t started_ = 0;
  std::uint32_t ticks_ = 0;    // in this state
  std::uint32_t elapsed_ = 0;  // ticks that the event lasted
};

struct DigitPressed {
  char digit = 0;
};
struct DigitReleased {
  char digit = 0;
  base::Duration length{};
};
using DigitEvent = std::variant<DigitPressed, DigitReleased>;

/// Makes each key press one event, whatever is lost, repeated or reordered: presses are told apart
/// by their RTP timestamp (RFC 4733 2.5.1), a long one goes on in segments, and one whose end is
/// lost ends after a while. Drain `poll_event` after each call. One thread, no allocation.
class DigitReceiver {
 public:
  explicit DigitReceiver(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz) {}

  void handle_packet(
      std::uint32_t timestamp, std::span<const std::byte> payload, base::Instant now
  );
  void handle_timeout(base::Instant now);
  /// A new source (SSRC): its timestamps have nothing to do with the old one's.
  void reset();
  std::optional<base::Instant> next_timeout() const;
  std::optional<DigitEvent> poll_event() { return events_.pop(); }

 private:
  bool is_continued_by(std::uint32_t timestamp, std::uint8_t event) const;
  void release();

  std::uint32_t clock_hz_;
  bool heard_any_ = false;
  bool pressed_ = false;
  std::uint8_t event_ = 0;
  std::uint32_t timestamp_ = 0;     // of the segment
  std::uint32_t before_units_ = 0;  // of earlier segments
  std::uint16_t duration_ = 0;      // of this one
  base::Instant last_heard_{};
  base::FixedQueue<DigitEvent, 8> events_;
};

}  // namespace belfry::rtp
