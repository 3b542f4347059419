#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "media/frame.hpp"

namespace belfry::media {

/// Two tracks of audio on one axis of time: frames are put where they belong, late or out of order
/// within what has not been taken; what nobody fills is silence. Pieces that overlap what is there
/// are cut, and gaps of up to 10 ms bridged, so that a clock that is corrected does not click.
/// Pauses are left out, or kept as silence. One thread; memory is what waits to be taken, at most
/// ten seconds (a frame further ahead is refused).
class Timeline {
 public:
  /// In samples since the beginning; a frame may begin before it.
  using Position = std::int64_t;
  enum class Pause { leave_out, keep_silent };
  enum class Layout { mixed, apart };  // apart: first track left, second right

  void put(std::size_t track, Position at, ConstSamples samples);
  /// From `at` on nothing is kept. A pause within a pause changes nothing.
  void pause(Position at, Pause how);
  void resume(Position at);
  /// Appends everything from what was taken last up to `until`.
  void take(Position until, Layout layout, std::vector<Sample>& into);
  Position taken() const { return taken_; }
  /// Frames that came too late, or from too far ahead.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Track {
    std::vector<Sample> samples;  // from `taken_` on
    Sample last = 0;              // before them
  };
  struct Paused {
    Position from = 0;
    std::optional<Position> to;
    Pause how = Pause::leave_out;
  };

  void bridge(Track& track, std::size_t begin, ConstSamples next) const;
  const Paused* pause_at(Position at) const;
  Position next_change_after(Position at) const;
  static void append(
      ConstSamples first, ConstSamples second, Layout layout, std::vector<Sample>& into
  );

  std::array<Track, 2> tracks_;
  std::vector<Paused> pauses_;
  Position taken_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace belfry::media
