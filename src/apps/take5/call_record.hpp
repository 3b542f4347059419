#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call/record.hpp"

/// One group call and who is called for it. Plain values, kept as documents "take5.call" (key: the
/// call's id, tag: the group's).
namespace belfry::apps::take5 {

inline constexpr std::string_view call_collection = "take5.call";
/// One document while something is left to be done for a call, so that a restart finds it without
/// reading all calls. The key is the call's id.
inline constexpr std::string_view open_call_collection = "take5.open";
/// One document for each leg that was dialled, committed with it, so that a restart knows who was
/// rung (rule R4). The key is the leg's SID, the tag `<call>/<participant>`.
inline constexpr std::string_view leg_collection = "take5.leg";

/// What the first call of a group for a moment leaves behind, and the one call that its schedule
/// has for a moment: documents whose keys are unique.
inline constexpr std::string_view occurrence_collection = "take5.occurrence";
inline constexpr std::string_view moment_collection = "take5.moment";

/// created → started (legs are being rung) → in-progress (somebody is connected) → ended; or
/// failed: nobody answered, or its moment was missed.
enum class CallStatus { created, started, in_progress, ended, failed };
std::string_view to_string(CallStatus status);
std::optional<CallStatus> parse_call_status(std::string_view text);
inline bool is_over(CallStatus status) {
  return status == CallStatus::ended || status == CallStatus::failed;
}

enum class ParticipantStatus {
  added,   // will be called when the call starts
  queued,  // waits for a free line
  ringing,
  connected,
  no_answer,
  busy,
  failed,
  left,
  removed,
};
std::string_view to_string(ParticipantStatus status);
std::optional<ParticipantStatus> parse_participant_status(std::string_view text);

struct Participant {
  std::string id;         // "participant-1", unique in its call
  std::int64_t user = 0;  // 0: added by number
  std::string phone_number;
  ParticipantStatus status = ParticipantStatus::added;
  int attempts = 0;      // how often it was dialled since it was added
  std::string call_sid;  // of the last leg
  std::string reason;    // why it failed or waits, for people
  bool was_connected = false;
  base::WallTime connected_at{};
  std::chrono::seconds talked{0};  // before it was connected this time

  /// It is connected no longer.
  void part(ParticipantStatus how, base::WallTime now);
  /// It is connected or may yet be.
  bool is_active() const {
    return status == ParticipantStatus::queued || status == ParticipantStatus::ringing ||
           status == ParticipantStatus::connected;
  }
};

struct CallRecord {
  enum class Origin { request, schedule };

  std::string id;
  std::int64_t group = 0;
  std::string group_name;
  CallStatus status = CallStatus::created;
  Origin origin = Origin::request;
  base::WallTime scheduled{};
  std::chrono::minutes planned{5};
  std::vector<Participant> participants;
  base::WallTime created{};
  std::optional<base::WallTime> started;
  std::optional<base::WallTime> ended;
  std::string reason;          // why it failed or ended, for people
  std::string conference_sid;  // where its participants have met; its recording is found by it

  Participant* find(std::string_view participant_id);
  Participant* find_number(std::string_view phone_number);
  /// `number` is E.164. The participant's id is one that the call has not had.
  Participant& add(std::int64_t user, std::string phone_number);
  bool anybody_was_connected() const;
  /// Those who took part, as users.
  std::vector<std::int64_t> users_connected() const;

  call::Document to_document() const;
  static CallRecord from_document(const call::Document& document);

  // --- As the API shows it ---

  enum class Numbers { listed, omitted };
  /// The answer to a new call: `participants` is a number, `duration` in minutes.
  base::json::object render_created(Numbers numbers) const;
  /// `participants` is an array, `duration` the seconds since the start.
  base::json::object render_status(base::WallTime now) const;
  /// {"callId", "status", "timestamp"}
  base::json::object render_step(CallStatus status, base::WallTime at) const;
  /// One of a list of past and coming calls.
  base::json::object render_summary(base::WallTime now) const;
};

}  // namespace belfry::apps::take5
