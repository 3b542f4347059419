#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "call/media.hpp"

namespace belfry::twiml {

/// What an application sends to a party: audio in pieces of any length and marks between them,
/// handed to the leg's seat a little ahead of time, so that a `clear` has little to take back and a
/// long text costs the media plane nothing. A machine without I/O: feed it, then give what `next`
/// says to the seat and report what the seat has finished. Control thread.
class StreamPlayout {
 public:
  static constexpr std::size_t max_waiting = 5 * 60 * 8000;  // bytes of mu-law: five minutes
  static constexpr std::size_t max_marks = 1000;

  /// @return false when too much waits: nothing was taken (31930).
  bool add_audio(std::span<const std::byte> mulaw);
  bool add_mark(std::string name);
  /// Forgets all audio; every mark counts as played. What the seat plays must be stopped.
  void clear();

  /// The next piece for the seat, as long as it has less than `ahead` left to play. The caller
  /// plays it and says which playback that is.
  std::optional<call::Playback> next();
  void handle_started(call::PlaybackId playback);
  /// Harmless for one that was cleared or is not ours.
  void handle_finished(call::PlaybackId playback);
  /// In the order in which they were added.
  std::optional<std::string> poll_played_mark();

  std::size_t waiting() const { return waiting_; }

 private:
  struct Piece {
    call::PlaybackId playback;
    base::Duration length{0};
    std::vector<std::string> marks;  // behind it
  };
  struct Item {
    std::vector<std::byte> audio;  // empty: a mark
    std::string mark;
  };

  void settle_marks();

  std::deque<Item> items_;
  std::size_t consumed_ = 0;  // of the first item's audio
  std::size_t waiting_ = 0;   // bytes in `items_` that have not been handed out
  std::size_t marks_ = 0;     // not played yet
  std::deque<Piece> pieces_;  // in the seat
  base::Duration in_seat_{0};
  std::uint64_t sound_ = 0;  // counts the beginnings after a pause
  std::deque<std::string> played_marks_;
};

}  // namespace belfry::twiml
