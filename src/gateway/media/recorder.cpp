#include "gateway/media/recorder.hpp"

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
  // Whoever listened is gone; the files are finished all the same.
  ended_ = [](call::RecordingId, const call::RecordingResult&) {};
  for (auto& [id, recording] : recordings_) recording->released = true;
  drain();
}

RecordingTap& Recorder::start(
    call::RecordingId recording, const call::RecordingTerms& terms, base::Instant begin
) {
  auto started = std::make_unique<Recording>(recording, terms, begin);
  RecordingTap& tap = started->tap;
  const std::lock_guard lock(mutex_);
  recordings_.emplace(recording, std::move(started));
  if (drive_ == Drive::thread && !thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  work_.notify_one();
  return tap;
}

Recorder::Recording* Recorder::find(call::RecordingId recording) {
  const auto found = recordings_.find(recording);
  return found == recordings_.end() ? nullptr : found->second.get();
}

void Recorder::pause(call::RecordingId recording, base::Instant at, call::WhilePaused how) {
  const std::lock_guard lock(mutex_);
  if (Recording* found = find(recording))
    found->asked.push_back({RecordingChange::Kind::pause, at, how});
}

void Recorder::resume(call::RecordingId recording, base::Instant at) {
  const std::lock_guard lock(mutex_);
  if (Recording* found = find(recording))
    found->asked.push_back({RecordingChange::Kind::resume, at, {}});
}

void Recorder::stop(call::RecordingId recording, base::Instant at) {
  const std::lock_guard lock(mutex_);
  Recording* found = find(recording);
  if (found == nullptr) return;
  found->asked.push_back({RecordingChange::Kind::stop, at, {}});
  found->tap.stop(at);
}

void Recorder::release(call::RecordingId recording) {
  const std::lock_guard lock(mutex_);
  Recording* found = find(recording);
  if (found == nullptr) return;
  found->released = true;
  any_released_ = true;
  work_.notify_one();
}

void Recorder::write(Recording& recording, const std::vector<RecordingChange>& changes, bool last) {
  for (const RecordingChange& change : changes) recording.file.handle(change);
  const base::Instant complete = recording.tap.complete_until();
  while (const auto frame = recording.tap.frames().read()) {
    if (!recording.told) recording.file.handle(*frame);
  }
  if (recording.told) return;
  if (!last) recording.file.write(complete);
  if (!last && !recording.file.failed()) return;
  call::RecordingResult result = recording.file.finish(complete);
  result.clock_drift = recording.tap.drift();
  recording.told = true;
  ended_(recording.id, result);
}

void Recorder::drain() {
  // The files are written outside the lock: the control thread must not wait for the disk.
  struct Piece {
    Recording* recording;
    std::vector<RecordingChange> changes;
    std::unique_ptr<Recording> last;  // it ends with this
  };
  std::vector<Piece> all;
  {
    const std::lock_guard lock(mutex_);
    for (auto entry = recordings_.begin(); entry != recordings_.end();) {
      Piece& piece = all.emplace_back();
      piece.recording = entry->second.get();
      piece.changes = std::exchange(entry->second->asked, {});
      if (entry->second->released) {
        piece.last = std::move(entry->second);
        entry = recordings_.erase(entry);
      } else {
        ++entry;
      }
    }
  }
  for (const Piece& piece : all) write(*piece.recording, piece.changes, piece.last != nullptr);
}

void Recorder::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, stop, [this] { return !recordings_.empty(); });
      work_.wait_for(lock, stop, drain_interval, [this] { return any_released_; });
      any_released_ = false;
    }
    drain();
  }
}

}  // namespace belfry::gateway::media
