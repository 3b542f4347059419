#include "gateway/media/recorder.hpp"

#include "base/log.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

constexpr auto drain_interval = 200ms;

}  // namespace

Recorder::~Recorder() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  for (auto& [tap, recording] : recordings_) recording->finished = true;
  drain();
}

base::Result<RecordingTap*> Recorder::start(const std::string& path) {
  auto wav = belfry::media::WavRecorder::create(path);
  if (!wav) return base::fail(wav.error());
  auto recording = std::make_unique<Recording>(std::move(*wav));
  RecordingTap* tap = &recording->tap;
  const std::lock_guard lock(mutex_);
  recordings_.emplace(tap, std::move(recording));
  if (drive_ == Drive::thread && !thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  work_.notify_one();
  return tap;
}

void Recorder::finish(FrameTap* tap) {
  const std::lock_guard lock(mutex_);
  if (const auto found = recordings_.find(tap); found != recordings_.end())
    found->second->finished = true;
}

bool Recorder::active() const {
  const std::lock_guard lock(mutex_);
  return !recordings_.empty();
}

void Recorder::write(Recording& recording) {
  while (const auto samples = recording.tap.read()) {
    if (recording.failed) continue;
    if (const auto written = recording.wav.write(*samples); !written) {
      recording.failed = true;
      base::log::error("recording.failed", {{"why", written.error().message}});
    }
  }
  if (!recording.finished) return;
  if (const auto closed = recording.wav.finish(); !closed) {
    base::log::error("recording.failed", {{"why", closed.error().message}});
  }
}

void Recorder::drain() {
  // The files are written outside the lock: the control thread must not wait for the disk.
  std::vector<Recording*> all;
  std::vector<std::unique_ptr<Recording>> finished;
  {
    const std::lock_guard lock(mutex_);
    for (auto entry = recordings_.begin(); entry != recordings_.end();) {
      if (entry->second->finished) {
        finished.push_back(std::move(entry->second));
        entry = recordings_.erase(entry);
      } else {
        all.push_back(entry->second.get());
        ++entry;
      }
    }
  }
  for (Recording* recording : all) write(*recording);
  for (const auto& recording : finished) write(*recording);
}

void Recorder::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, stop, [this] { return !recordings_.empty(); });
      work_.wait_for(lock, stop, drain_interval, [] { return false; });
    }
    drain();
  }
}

}  // namespace belfry::gateway::media
