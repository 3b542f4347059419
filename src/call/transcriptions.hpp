#pragma once
#include <functional>
#include <set>
#include <string>

#include "base/random.hpp"
#include "call/form_delivery.hpp"
#include "call/recognition.hpp"
#include "call/recordings.hpp"

namespace belfry::call {

/// A recording that is or was written down, as it is stored: a document of collection
/// "transcription", key `sid`, tag the recording's SID.
struct TranscriptionRecord {
  static constexpr std::string_view collection = "transcription";
  enum class Status { in_progress, completed, failed };

  std::string sid;  // TR…
  std::string account_sid;
  std::string call_sid;
  std::string recording_sid;
  Status status = Status::in_progress;
  std::string text;
  std::int64_t duration_s = 0;
  base::WallTime created{};
  base::WallTime updated{};
  CallbackAddress callback;
  FormFields parameters;  // of the callback, besides its own

  Document to_document() const;
  static std::optional<TranscriptionRecord> from_document(const Document& document);
};
std::string_view to_string(TranscriptionRecord::Status status);  // "in-progress", …

/// What a transcription's callback says besides `parameters`; `twiml` knows the words.
class TranscriptionCallbackFormat {
 public:
  virtual ~TranscriptionCallbackFormat() = default;
  virtual FormFields render(
      const TranscriptionRecord& transcription, const std::string& recording_url
  ) const = 0;
};

/// Writes recordings down when they are whole, one at a time, and reports it. The row is stored
/// when it is ordered: after a crash the work is done again. Control thread.
class Transcriptions {
 public:
  /// All outlive it.
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    Journal& journal;
    Outbox& outbox;
    Recordings& recordings;
    const TranscriptionCallbackFormat& format;
    Recognizer* recognizer = nullptr;  // none: every transcription fails
    std::chrono::days keep{30};        // rule P5
  };
  explicit Transcriptions(const Environment& environment);

  /// Of a recording that runs or is over. One that turns out to be absent is not written down, and
  /// nobody is told. @return the SID
  std::string order(
      const RecordingRecord& recording, CallbackAddress callback, FormFields parameters
  );
  /// @return Errc::not_found
  base::Task<base::Result<TranscriptionRecord>> find(std::string sid);
  base::Task<base::Result<>> remove(std::string sid);
  /// Told of each that is completed. One listener.
  void on_completed(std::function<void(const TranscriptionRecord&)> listener) {
    on_completed_ = std::move(listener);
  }
  /// At start, behind `Recordings`: takes up what the last process left. From then on those that
  /// are older than `keep` are removed, hour by hour.
  base::Task<base::Result<>> recover();

 private:
  void take_up(TranscriptionRecord record);
  base::Task<void> wait_for_recording(TranscriptionRecord record);
  base::Task<void> work();
  base::Task<void> write_down(TranscriptionRecord record);
  base::Task<base::Result<Recognized>> understand(const RecordingRecord& recording);
  void conclude(TranscriptionRecord record, const RecordingRecord& recording);
  void forget(const TranscriptionRecord& record);
  base::Task<void> remove_old();

  Environment environment_;
  std::function<void(const TranscriptionRecord&)> on_completed_;
  std::set<std::string> open_;  // SIDs: neither done nor removed
  base::Mailbox<TranscriptionRecord> ready_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call
