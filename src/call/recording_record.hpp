#pragma once
#include <optional>
#include <string>

#include "base/time.hpp"
#include "call/record.hpp"
#include "call/recording_order.hpp"

namespace belfry::call {

/// How a recording came about; the words are Twilio's (`RecordingSource`).
enum class RecordingSource {
  dial_verb,
  conference,
  outbound_api,
  record_verb,
  start_call_recording_api,
  start_conference_recording_api,
  start_call_recording_twiml,
};
std::string_view to_string(RecordingSource source);  // "DialVerb", "Conference", …

enum class RecordingStatus { in_progress, paused, processing, completed, absent, failed };
std::string_view to_string(RecordingStatus status);  // "in-progress", …
/// Nothing more happens to it.
constexpr bool is_final(RecordingStatus status) {
  return status == RecordingStatus::completed || status == RecordingStatus::absent ||
         status == RecordingStatus::failed;
}

/// One recording as it is stored: a document of collection "recording", key `sid`, tag the SID of
/// its call or conference. The members of the value have the names of the fields here.
struct RecordingRecord {
  static constexpr std::string_view collection = "recording";

  std::string sid;  // RE…
  std::string account_sid;
  std::string call_sid;        // empty: of a conference
  std::string conference_sid;  // empty: of a call
  RecordingSource source = RecordingSource::start_call_recording_api;
  RecordingStatus status = RecordingStatus::in_progress;
  RecordingOrder order;
  base::WallTime created{};
  base::WallTime updated{};
  base::WallTime started{};
  std::optional<base::Duration> length;  // of the file, when it is completed (or failed with some)
  base::Duration clock_drift{0};         // how far the party's RTP clock ran ahead of ours
  int error_code = 0;                    // Twilio's, of an absent one: 16101, 16102
  bool deleted = false;                  // the media is gone, the row stays
  std::string key;                       // its file is sealed with it; empty: it is not

  int channels() const { return order.channels == RecordingOrder::Channels::dual ? 2 : 1; }
  /// Whole seconds, rounded to the nearest, at least 1 when there is audio.
  std::int64_t duration_s() const;
  const std::string& subject() const { return call_sid.empty() ? conference_sid : call_sid; }
  Document to_document() const;
  static std::optional<RecordingRecord> from_document(const Document& document);
};

}  // namespace belfry::call
