#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "base/worker_pool.hpp"
#include "call/journal.hpp"
#include "call/recording_record.hpp"
#include "call/recording_vault.hpp"

namespace belfry::call {

class Leg;
class Outbox;
class Switchboard;

/// Renders what a recording's callback says; `twiml` knows the words.
class RecordingCallbackFormat {
 public:
  virtual ~RecordingCallbackFormat() = default;
  /// Fills URL, method, content type and body. `url`: of the recording.
  virtual Delivery render(const RecordingRecord& recording, const std::string& url) const = 0;
};

/// Recordings of legs and conferences: starts them, keeps their rows (documents "recording", one
/// for each) and reports their steps; the media plane writes the files (rule R8). A row is stored
/// before anything of it is told, and a step's callback in the same commit as the step (rule R7).
/// It becomes `completed` when the file is whole and has its name. Control thread.
///
/// A recording ends with its leg or conference; who wants an earlier end calls `stop`, or holds a
/// `RecordingGuard`.
class Recordings final : private RecordingListener {
 public:
  struct Settings {
    std::string folder;  // of the files, `<SID>.wav`; it exists. Empty: nothing can be recorded
    /// Tells the party that it is recorded (rule P3): a short tone when it begins.
    enum class Notice { off, beep } notice = Notice::off;
    std::chrono::days keep{30};  // rule P5
    /// `RecordingUrl` of callbacks: absolute, without extension.
    std::function<std::string(const RecordingRecord&)> url;
  };
  /// What it works with; all outlive it.
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    base::WorkerPool& pool;
    Journal& journal;
    MediaPlane& media;
    Outbox& outbox;
    const RecordingCallbackFormat& format;
    RecordingVault* vault = nullptr;  // none: files stay as they are
  };

  Recordings(const Environment& environment, Settings settings);
  Recordings(const Recordings&) = delete;
  Recordings& operator=(const Recordings&) = delete;
  ~Recordings() override;
  /// For the timeline of legs.
  void connect(Switchboard& switchboard) { switchboard_ = &switchboard; }

  /// Told of each recording when it is completed, and when its media is removed (`deleted`). One
  /// listener.
  void on_change(std::function<void(const RecordingRecord&)> listener) {
    on_change_ = std::move(listener);
  }

  // --- Beginning ---

  /// Records what the leg says and hears from now on. Several recordings of a leg may run at once.
  /// A dual recording of a dialled call is one of the parent leg: itself left, the other right.
  /// @return the recording's SID; Errc::conflict while the leg has no media (not answered, ended),
  /// Errc::unavailable when no recordings are kept.
  base::Result<std::string> start(Leg& leg, RecordingSource source, RecordingOrder order);
  /// Records what all of a conference say (mono, whatever `order` says).
  base::Result<std::string> start(
      RoomId room, const std::string& account_sid, const std::string& conference_sid,
      RecordingSource source, RecordingOrder order
  );

  // --- While it runs: Errc::not_found when it does not, Errc::conflict for an impossible step ---

  base::Result<> pause(const std::string& sid, WhilePaused how);
  base::Result<> resume(const std::string& sid);
  /// The file is finished within a second; `finished` waits for it.
  base::Result<> stop(const std::string& sid);
  /// Also stops it, and leaves nothing: `absent` with this Twilio error (16101 too short, 16102
  /// silent).
  base::Result<> discard(const std::string& sid, int error_code);

  /// Makes a report that is stored and sent with the end of a running recording, also when whoever
  /// asked for it is gone by then. Nothing is sent when it gives nothing.
  using Epilogue = std::function<std::optional<Delivery>(const RecordingRecord&)>;
  void add_epilogue(const std::string& sid, Epilogue epilogue);

  /// As it is now; nullptr when it does not run (any more). Valid until the loop's next turn.
  const RecordingRecord* running(const std::string& sid) const;
  /// The newest that runs of this call or conference (and source): the API's `Twilio.CURRENT`.
  /// Empty: none.
  std::string current(
      const std::string& call_or_conference_sid,
      std::optional<RecordingSource> source = std::nullopt
  ) const;

  // --- Afterwards ---

  /// Waits until it is completed, absent or failed, and its row is on disk.
  /// @return Errc::not_found when there is no such recording.
  base::Task<base::Result<RecordingRecord>> finished(std::string sid);
  /// As stored; also of one that runs. @return Errc::not_found
  base::Task<base::Result<RecordingRecord>> find(std::string sid);
  /// Its row is on disk when this returns (rule R1).
  base::Task<base::Result<RecordingRecord>> stored(std::string sid);
  /// Soft: the row stays, without its media. @return Errc::not_found, Errc::conflict while it runs.
  base::Task<base::Result<>> remove(std::string sid);

  /// `RecordingUrl` of callbacks: absolute, without extension.
  std::string url_of(const RecordingRecord& recording) const { return settings_.url(recording); }
  /// Its WAV file as far as it is written; shared by the jobs that read it, one after the other.
  /// @return Errc::not_found when there is none (any more).
  base::Task<base::Result<std::shared_ptr<RecordingBytes>>> open(RecordingRecord recording);
  /// A copy of the file, for its owner's eyes only (mode 0600); replaces what is at `to`.
  base::Task<base::Result<>> copy(RecordingRecord recording, std::string to);
  /// For whoever reads it.
  base::WorkerPool& pool() { return environment_.pool; }

  /// At start: what ran when the last process ended is completed with what its file holds, or
  /// absent. From then on recordings that are older than `keep` are removed, hour by hour.
  base::Task<base::Result<>> recover();

 private:
  struct Running;
  using StartMedia = std::function<base::Result<RecordingId>(RecordingTerms)>;

  void on_recording_ended(RecordingId recording, const RecordingResult& result) override;
  base::Result<std::string> begin(RecordingRecord record, const StartMedia& start_media);
  RecordingRecord make_record(RecordingSource source, RecordingOrder order);
  std::string path_of(const RecordingRecord& recording) const;
  std::string sealed_path_of(const RecordingRecord& recording) const;
  base::Task<void> remove_files(RecordingRecord record);
  /// Gives it a key, stores that, and seals the file: a crash in between leaves one that can be
  /// read.
  base::Task<void> seal(RecordingRecord& record);
  /// The row as it is now, with the callback that tells of it if that is wanted.
  Changes changes_of(const RecordingRecord& record);
  void add_delivery(const RecordingRecord& record, Delivery delivery, Changes& changes);
  base::Result<> enter(const std::string& sid, RecordingStatus from, RecordingStatus to);
  void note(const RecordingRecord& record, std::string type);
  base::Task<void> conclude(std::string sid);
  base::Task<void> recover_one(RecordingRecord record);
  base::Task<void> remove_old();

  Environment environment_;
  Settings settings_;
  Switchboard* switchboard_ = nullptr;
  std::function<void(const RecordingRecord&)> on_change_;
  std::map<std::string, std::unique_ptr<Running>> running_;  // by SID
  base::TaskGroup tasks_;
};

/// Stops a recording when it goes, however it goes: for verbs that record while they run.
class RecordingGuard {
 public:
  RecordingGuard() = default;
  RecordingGuard(Recordings& recordings, std::string sid)
      : recordings_(&recordings), sid_(std::move(sid)) {}
  RecordingGuard(RecordingGuard&& other) noexcept
      : recordings_(std::exchange(other.recordings_, nullptr)), sid_(std::move(other.sid_)) {}
  RecordingGuard& operator=(RecordingGuard&& other) noexcept {
    std::swap(recordings_, other.recordings_);
    std::swap(sid_, other.sid_);
    return *this;
  }
  ~RecordingGuard() {
    if (recordings_ != nullptr) static_cast<void>(recordings_->stop(sid_));
  }
  const std::string& sid() const { return sid_; }

 private:
  Recordings* recordings_ = nullptr;
  std::string sid_;
};

}  // namespace belfry::call
