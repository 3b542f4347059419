#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "gateway/media/recording_tap.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::gateway::media {

/// Writes recordings to disk on a thread of its own, a few times a second, so that neither a call
/// nor the control thread waits for a file. A disk that fails ends the recording, never the call.
/// Without a thread (simulation) its owner calls `drain()`.
class Recorder {
 public:
  enum class Drive { thread, by_owner };
  explicit Recorder(Drive drive) : drive_(drive) {}
  ~Recorder();

  /// @return the tap to hand to the media worker; it lives until `finish`.
  base::Result<RecordingTap*> start(const std::string& path);
  /// The worker has let go of the tap: writes the rest, closes and renames the file.
  void finish(FrameTap* tap);
  /// Moves what has arrived into the files.
  void drain();
  bool active() const;

 private:
  struct Recording {
    explicit Recording(belfry::media::WavRecorder file) : wav(std::move(file)) {}
    RecordingTap tap;
    belfry::media::WavRecorder wav;
    bool failed = false;
    bool finished = false;
  };

  static void write(Recording& recording);
  void run(const std::stop_token& stop);

  Drive drive_;
  mutable std::mutex
      mutex_;  // guards the map, between control and file thread; the media worker never takes it
  std::condition_variable_any work_;
  std::map<FrameTap*, std::unique_ptr<Recording>> recordings_;
  std::jthread thread_;  // started with the first recording
};

}  // namespace belfry::gateway::media
