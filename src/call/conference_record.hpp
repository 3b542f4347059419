#pragma once
#include <optional>
#include <string>

#include "call/form_delivery.hpp"
#include "call/journal.hpp"
#include "call/side_document.hpp"

/// What is kept of conferences and of those who are in them: documents of the journal, read by the
/// REST resources and by recovery.
namespace belfry::call {

inline constexpr std::string_view conference_collection = "conference";
inline constexpr std::string_view participant_collection = "participant";

/// Life of a conference: init (somebody is in it or is called into it) → in-progress → completed.
enum class ConferenceStatus { init, in_progress, completed };
std::string_view to_string(ConferenceStatus status);

/// Why a conference ended; the words are Twilio's `ReasonConferenceEnded`.
enum class ConferenceEnding { by_api, moderator_left, moderator_kicked, last_kicked, last_left };
std::string_view to_string(ConferenceEnding ending);

/// Why a participant is gone; the words are Twilio's `ReasonParticipantLeft`.
enum class Departure {
  hung_up,         // or its program went on
  by_api,          // kicked, or redirected
  ended_by_api,    // the conference was
  moderator_left,  // and took the conference along
  add_failed,      // it was called into the conference and never got there
};
std::string_view to_string(Departure departure);

/// At which moments those in the conference hear a tone for a participant.
struct Beep {
  bool on_enter = true;
  bool on_exit = true;
  /// "true", "false", "onEnter", "onExit".
  static std::optional<Beep> parse(std::string_view word);
  std::string_view word() const;
};

/// What a conference is made with: the first who comes says it, later ones are not asked.
struct ConferenceTerms {
  CallbackAddress callback;            // events: start end join leave mute hold modify speaker
                                       // announcement
  CallbackAddress recording_callback;  // events: in-progress completed absent
  CallbackAddress event_callback;      // told once, when a recorded conference has ended
  bool record_from_start = false;
  bool trim_silence = true;
  std::string region = "us1";

  base::json::object to_json() const;
  static ConferenceTerms from_json(const base::json::object& object);
};

struct ConferenceRecord {
  std::string sid;  // CF…
  std::string account_sid;
  std::string name;
  ConferenceStatus status = ConferenceStatus::init;
  std::string reason_ended;  // empty while it lives
  std::string call_sid_ending;
  base::WallTime created{};
  base::WallTime updated{};
  std::optional<base::WallTime> started;
  std::uint64_t next_sequence = 1;  // SequenceNumber of the next callback
  ConferenceTerms terms;

  /// Members: account_sid, friendly_name, status, region, reason_conference_ended,
  /// call_sid_ending_conference, date_updated (µs), and our own. Tag: the name.
  Document to_document() const;
  static ConferenceRecord from_document(const Document& document);
};

struct ParticipantRecord {
  /// connected: in the conference; what comes before is of those who are called into it.
  enum class Status { queued, connecting, ringing, connected, complete, failed };

  std::string conference_sid;
  std::string account_sid;
  std::string call_sid;
  std::string label;
  bool muted = false;
  bool hold = false;
  bool coaching = false;
  std::string call_sid_to_coach;
  bool start_on_enter = true;
  bool end_on_exit = false;
  Beep beep;
  float gain_db = 0;
  Status status = Status::connected;
  bool called_in = false;  // the API made its call for the conference
  base::WallTime created{};
  base::WallTime updated{};

  bool is_over() const { return status == Status::complete || status == Status::failed; }
  /// Members: account_sid, conference_sid, call_sid, label, muted, hold, coaching,
  /// call_sid_to_coach, start_conference_on_enter, end_conference_on_exit, status, current (false
  /// once it has left), date_updated (µs). Tag: the conference's SID.
  Document to_document() const;
  static ParticipantRecord from_document(const Document& document);
  static std::string key_of(const std::string& conference_sid, const std::string& call_sid);
};
std::string_view to_string(ParticipantRecord::Status status);

/// How a leg takes part. Also the parameters of the program "conference".
struct JoinConference {
  std::string name;            // of the live conference, or of the one that begins so
  std::string conference_sid;  // this one as long as it lives
  std::string label = {};
  bool muted = false;
  Beep beep = {};
  bool start_on_enter = true;
  bool end_on_exit = false;
  std::string coach = {};  // SID of the call that alone hears this one
  std::size_t max_participants = 250;
  /// What is heard before the start; nothing: music; with an empty URL: silence.
  std::optional<SideDocument> wait = {};
  ConferenceTerms terms = {};

  base::json::object to_json() const;
  static JoinConference from_json(const base::json::object& object);
};

}  // namespace belfry::call
