#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/fixed_queue.hpp"
#include "base/ids.hpp"
#include "media/frame.hpp"
#include "media/tone.hpp"

namespace belfry::media {

using PlayId = base::Id<struct PlayTag>;

/// At most 64 of `0-9 A-D * #` and `w` (half a second of pause), as dialled one after the other;
/// `W` is written as two of these.
class DigitString {
 public:
  DigitString() = default;
  /// Nothing when a character is no digit or there are too many; small letters are taken.
  static std::optional<DigitString> parse(std::string_view text);
  std::string_view text() const { return {digits_.data(), size_}; }

 private:
  std::array<char, 64> digits_{};
  std::size_t size_ = 0;
};

inline constexpr std::uint32_t loop_forever = 0;

struct PlayClip {
  PcmClipPtr clip;  // shared with the control plane's cache; at the player's rate (`resample`)
  std::uint32_t loops = 1;
};
struct PlayTone {
  Tone tone;
  base::Duration length{};  // 0: until stopped
};
struct PlaySilence {
  base::Duration length{};
};
struct PlayDigits {
  DigitString digits;
  base::Duration on = std::chrono::milliseconds(100), off = std::chrono::milliseconds(70);
};
using PlayItem = std::variant<PlaySilence, PlayClip, PlayTone, PlayDigits>;

struct PlayEvent {
  enum class Kind : std::uint8_t {
    started,
    finished,  // played to its end
    stopped,   // cut off by `stop`, perhaps before it began
  };
  PlayId id;
  Kind kind = Kind::started;
  /// With the last event of a clip: handed back, so that the control thread frees it and not the
  /// media thread.
  PcmClipPtr clip;
};

/// What a party is made to hear: a queue of clips, tones, silence and digits that gives one frame
/// per tick, without a gap between items, and tells when each began and ended. One media thread; no
/// allocation, no clock.
class Player {
 public:
  static constexpr std::size_t capacity = 32;

  explicit Player(SampleRate rate) : rate_(rate) {}

  /// @return false when the queue is full (events not taken yet count), or a clip is empty or at
  /// another rate.
  bool enqueue(PlayId id, PlayItem item);
  /// Ends all that is playing or waiting. What sounds is faded out over the first 5 ms of the next
  /// frame; what is enqueued from now on follows at once.
  void stop();
  bool idle() const { return !sounding_ && queue_.empty() && !fading_; }

  /// Fills a whole frame. @return false when nothing was played; the frame is then silence.
  bool next_frame(Samples frame);
  std::optional<PlayEvent> poll_event() { return events_.pop(); }

 private:
  struct Queued {
    PlayId id;
    PlayItem item;
  };
  void begin_next();
  void end(PlayEvent::Kind kind);
  void report(PlayId id, PlayEvent::Kind kind, PcmClipPtr clip = nullptr);
  Samples fade_out(Samples frame);
  std::size_t render(Samples into);
  std::size_t render_item(PlayClip& item, Samples into);
  std::size_t render_item(PlayTone& item, Samples into);
  std::size_t render_item(PlaySilence& item, Samples into);
  std::size_t render_item(PlayDigits& item, Samples into);
  std::size_t render_tone(std::size_t length, Samples into);
  void begin_digit(const PlayDigits& item);

  SampleRate rate_;
  base::FixedQueue<Queued, capacity> queue_;
  base::FixedQueue<PlayEvent, 2 * capacity + 2> events_;  // each item makes at most two
  Queued current_;
  bool sounding_ = false;     // `current_` is being played
  bool fading_ = false;       // ... and has been stopped
  std::size_t position_ = 0;  // samples of the clip, tone, silence or digit
  std::size_t digit_ = 0;
  std::uint32_t rounds_ = 0;
  ToneGenerator generator_{Tone{}, narrowband};
};

}  // namespace belfry::media
