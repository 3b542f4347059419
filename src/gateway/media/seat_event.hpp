#pragma once
#include <variant>

#include "base/fixed_queue.hpp"
#include "call/media.hpp"

/// What a seat tells its leg, as values from the media worker to the control thread.
namespace belfry::gateway::media {

struct PlaybackStarted {
  call::SeatId seat;
  call::PlaybackId playback;
};
struct PlaybackFinished {
  call::SeatId seat;
  call::PlaybackId playback;
};
struct DigitHeard {
  call::SeatId seat;
  char digit = 0;
};
struct MediaTimedOut {
  call::SeatId seat;
};
struct SpeechChanged {
  call::SeatId seat;
  bool speaking = false;
};
struct BeepHeard {
  call::SeatId seat;
  double hz = 0;
};
using SeatEvent = std::variant<
    PlaybackStarted, PlaybackFinished, DigitHeard, MediaTimedOut, SpeechChanged, BeepHeard>;
/// Those of one tick: the ends of all that waited to be played, and what else happens.
using SeatEvents = base::FixedQueue<SeatEvent, 80>;

}  // namespace belfry::gateway::media
