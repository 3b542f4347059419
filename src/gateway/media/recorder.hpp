#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "call/media.hpp"
#include "gateway/media/recording_file.hpp"
#include "gateway/media/recording_tap.hpp"

namespace belfry::gateway::media {

/// Writes recordings to disk on a thread of its own, a few times a second, so that neither a call
/// nor the control thread waits for a file. A disk that fails ends the recording, never the call.
/// Without a thread (simulation) its owner calls `drain()`. Control thread but for the writing.
class Recorder {
 public:
  enum class Drive { thread, by_owner };
  using Ended = std::function<void(call::RecordingId, const call::RecordingResult&)>;

  /// @param ended told once for each recording, on the file thread.
  Recorder(Drive drive, Ended ended) : drive_(drive), ended_(std::move(ended)) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  /// Its file is made at the next writing.
  /// @return the tap to hand to the media worker; it lives until `release`.
  RecordingTap& start(
      call::RecordingId recording, const call::RecordingTerms& terms, base::Instant begin
  );
  void pause(call::RecordingId recording, base::Instant at, call::WhilePaused how);
  void resume(call::RecordingId recording, base::Instant at);
  /// What comes after `at` is not kept; the tap is done soon.
  void stop(call::RecordingId recording, base::Instant at);
  /// The worker has let go of the tap: the rest is written, the file closed and renamed, and
  /// `ended` told, at once.
  void release(call::RecordingId recording);
  /// Moves what has arrived into the files.
  void drain();

 private:
  struct Recording {
    Recording(call::RecordingId name, const call::RecordingTerms& terms, base::Instant begin)
        : id(name), tap(terms.track, begin), file(terms, begin) {}
    call::RecordingId id;
    RecordingTap tap;
    RecordingFile file;                  // the file thread's
    std::vector<RecordingChange> asked;  // for the file; guarded by the mutex
    bool released = false;               // likewise
    bool told = false;                   // file thread's
  };

  Recording* find(call::RecordingId recording);
  void write(Recording& recording, const std::vector<RecordingChange>& changes, bool last);
  void run(const std::stop_token& stop);

  Drive drive_;
  Ended ended_;
  std::mutex
      mutex_;  // guards the map, between control and file thread; the media worker never takes it
  std::condition_variable_any work_;
  bool any_released_ = false;
  std::map<call::RecordingId, std::unique_ptr<Recording>> recordings_;
  std::jthread thread_;  // started with the first recording
};

}  // namespace belfry::gateway::media
