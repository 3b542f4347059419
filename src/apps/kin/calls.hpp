#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/kin/call_request.hpp"
#include "base/wait.hpp"
#include "call/switchboard.hpp"

namespace belfry::apps::kin {

/// What a call-status webhook says.
struct StatusReport {
  std::string call_sid;
  std::string call_status;
  std::string sequence_number;  // empty: none was sent
  std::string duration_s;       // empty while it runs
};

/// What a recording webhook says.
struct RecordingReport {
  std::string call_sid;
  std::string recording_sid;
  std::string status;  // in-progress, completed, absent, failed
  std::string url;
};

/// What a list of calls is asked for; empty members ask for nothing.
struct HistoryQuery {
  std::string search;     // in the numbers
  std::string direction;  // inbound, outbound
  std::string status;     // a word of KIN (COMPLETED, MISSED …) or of the API (completed, busy …)
  std::string contact;    // the other party's number
  std::optional<base::WallTime> from;
  std::optional<base::WallTime> before;
  std::size_t page = 1;
  std::size_t limit = 20;  // 1 to 100
  enum class SortBy { created, duration, from, to, status } sort_by = SortBy::created;
  bool ascending = false;
};
struct History {
  std::vector<call::LegRecord> calls;
  std::size_t total = 0;
};

/// KIN's word for a call's state.
std::string_view state_of(call::LegStatus status);

/// The rules of KIN: places calls with retry, ends them, and keeps what its webhooks were told.
/// Control thread.
class Calls {
 public:
  /// What its webhooks were told: documents, by collection.
  static constexpr std::array<std::string_view, 3> collections = {
      "kin.event", "kin.call", "kin.recording"
  };
  struct Settings {
    std::filesystem::path recordings_folder;  // where downloads are kept; empty: nowhere
    std::chrono::seconds ring_timeout{60};
    std::string number;  // whose inbound calls are in the history; empty: none
  };
  Calls(base::Loop& loop, call::Switchboard& switchboard, Settings settings);

  /// Up to three attempts, 1 s and 2 s apart, when a later one may succeed.
  /// @param base_url under which this server's callbacks are reached
  base::Task<base::Result<call::LegRecord>> place(CallRequest request, std::string base_url);
  /// Any call of the account. Errc::not_found.
  base::Task<base::Result<call::LegRecord>> find(std::string sid);
  /// As it is once it has ended, or after 2 s. One that is over stays as it was. Errc::not_found.
  base::Task<base::Result<call::LegRecord>> hang_up(std::string sid);
  base::Task<base::Result<History>> history(HistoryQuery query);

  /// Durable when it returns; a report that was taken before (same call, status and number) changes
  /// nothing, and one from before the end does not undo the end.
  base::Task<base::Result<>> take(StatusReport report);
  /// A completed recording is copied and stored beside the call. Durable when it returns.
  base::Task<base::Result<>> take(RecordingReport report);
  /// The recording is gone, and its copy here goes too (rule P5).
  void forget(std::string recording_sid) { tasks_.spawn(remove_copy(std::move(recording_sid))); }
  /// What the webhooks have told of a call: {"status", …} and {"recordingSid", "recordingUrl",
  /// "recordingStatus", "recordingStored"}.
  base::Task<base::Result<base::json::object>> told_of(std::string call_sid);

 private:
  base::Task<bool> download(std::string recording_sid);
  base::Task<void> remove_copy(std::string recording_sid);
  call::Journal& journal() { return switchboard_.services().journal; }

  base::Loop& loop_;
  call::Switchboard& switchboard_;
  Settings settings_;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::apps::kin
