#pragma once
#include <optional>
#include <string>
#include <vector>

#include "call/media.hpp"
#include "gateway/media/tap_ring.hpp"
#include "media/sound_bounds.hpp"
#include "media/timeline.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::gateway::media {

/// A step of a recording, at its time.
struct RecordingChange {
  enum class Kind { pause, resume, stop } kind = Kind::stop;
  base::Instant at{};
  call::WhilePaused how = call::WhilePaused::skip;  // of a pause
};

/// One recording's file: puts frames in their places in time and writes what is complete. A disk
/// that fails ends it; what was written is kept. File thread.
class RecordingFile {
 public:
  RecordingFile(const call::RecordingTerms& terms, base::Instant begin);

  void handle(const RecordingChange& change);
  void handle(const TimedFrame& frame);
  /// Nothing will come any more from before `until`: it is written. The first call makes the file.
  void write(base::Instant until);
  /// No more will be written: `finish` is due.
  bool failed() const { return failed_; }
  /// Writes up to `end`, trims, closes and renames. Once.
  call::RecordingResult finish(base::Instant end);

 private:
  using Position = belfry::media::Timeline::Position;

  Position position_of(base::Instant at) const;
  void open();
  void fail(const char* what, const base::Error& error);
  base::Result<base::Duration> close();

  call::RecordingTerms terms_;
  base::Instant begin_;
  std::optional<base::Instant> stopped_;
  belfry::media::Timeline timeline_;
  belfry::media::SoundBounds bounds_;
  std::optional<belfry::media::WavRecorder> wav_;
  std::vector<belfry::media::Sample> piece_;
  bool opened_ = false;
  bool failed_ = false;
};

}  // namespace belfry::gateway::media
