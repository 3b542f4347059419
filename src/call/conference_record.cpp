#include "call/conference_record.hpp"

#include "call/json_members.hpp"

namespace belfry::call {
namespace {

constexpr std::array<std::string_view, 3> status_words = {"init", "in-progress", "completed"};
constexpr std::array<std::string_view, 5> ending_words = {
    "conference-ended-via-api",
    "participant-with-end-conference-on-exit-left",
    "participant-with-end-conference-on-exit-kicked",
    "last-participant-kicked",
    "last-participant-left",
};
constexpr std::array<std::string_view, 5> departure_words = {
    "participant_hung_up",        "participant_updated_via_api", "conference_ended_via_api",
    "moderator_ended_conference", "participant_add_failed",
};
constexpr std::array<std::string_view, 6> participant_words = {
    "queued", "connecting", "ringing", "connected", "complete", "failed",
};

template <class Enum, std::size_t Size>
Enum parse_word(const std::array<std::string_view, Size>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  return static_cast<Enum>(found == words.end() ? 0 : found - words.begin());
}

base::WallTime time_member(const base::json::object& object, std::string_view key) {
  return base::from_unix_micros(number_member(object, key));
}

base::json::object describe(const SideDocument& document) {
  return {
      {"url", document.url},
      {"method", document.method},
      {"own_application", document.own_application},
      {"loops", document.audio == SideDocument::Audio::loops}
  };
}

SideDocument side_document(const base::json::object& object) {
  SideDocument document;
  document.url = text_member(object, "url");
  document.method = text_member(object, "method");
  document.own_application = flag_member(object, "own_application");
  if (flag_member(object, "loops")) document.audio = SideDocument::Audio::loops;
  return document;
}

}  // namespace

std::string_view to_string(ConferenceStatus status) {
  return status_words.at(static_cast<std::size_t>(status));
}
std::string_view to_string(ConferenceEnding ending) {
  return ending_words.at(static_cast<std::size_t>(ending));
}
std::string_view to_string(Departure departure) {
  return departure_words.at(static_cast<std::size_t>(departure));
}
std::string_view to_string(ParticipantRecord::Status status) {
  return participant_words.at(static_cast<std::size_t>(status));
}

std::optional<Beep> Beep::parse(std::string_view word) {
  if (word == "true") return Beep{true, true};
  if (word == "false") return Beep{false, false};
  if (word == "onEnter") return Beep{true, false};
  if (word == "onExit") return Beep{false, true};
  return std::nullopt;
}

std::string_view Beep::word() const {
  if (on_enter) return on_exit ? "true" : "onEnter";
  return on_exit ? "onExit" : "false";
}

base::json::object ConferenceTerms::to_json() const {
  return {
      {"callback", callback.to_json()},
      {"recording_callback", recording_callback.to_json()},
      {"event_callback", event_callback.to_json()},
      {"record_from_start", record_from_start},
      {"trim_silence", trim_silence},
      {"region", region}
  };
}

ConferenceTerms ConferenceTerms::from_json(const base::json::object& object) {
  ConferenceTerms terms;
  terms.callback = CallbackAddress::from_json(object_member(object, "callback"));
  terms.recording_callback =
      CallbackAddress::from_json(object_member(object, "recording_callback"));
  terms.event_callback = CallbackAddress::from_json(object_member(object, "event_callback"));
  terms.record_from_start = flag_member(object, "record_from_start");
  terms.trim_silence = flag_member(object, "trim_silence");
  if (auto region = text_member(object, "region"); !region.empty())
    terms.region = std::move(region);
  return terms;
}

Document ConferenceRecord::to_document() const {
  base::json::object value{
      {"account_sid", account_sid},
      {"friendly_name", name},
      {"status", to_string(status)},
      {"region", terms.region},
      {"date_updated", base::to_unix_micros(updated)},
      {"next_sequence", next_sequence},
      {"terms", terms.to_json()},
  };
  if (!reason_ended.empty()) value["reason_conference_ended"] = reason_ended;
  if (!call_sid_ending.empty()) value["call_sid_ending_conference"] = call_sid_ending;
  if (started) value["started"] = base::to_unix_micros(*started);
  return {std::string(conference_collection), sid, name, std::move(value), created};
}

ConferenceRecord ConferenceRecord::from_document(const Document& document) {
  const base::json::object& value = document.value;
  ConferenceRecord record;
  record.sid = document.key;
  record.account_sid = text_member(value, "account_sid");
  record.name = text_member(value, "friendly_name");
  record.status = parse_word<ConferenceStatus>(status_words, text_member(value, "status"));
  record.reason_ended = text_member(value, "reason_conference_ended");
  record.call_sid_ending = text_member(value, "call_sid_ending_conference");
  record.created = document.created;
  record.updated = time_member(value, "date_updated");
  if (value.contains("started")) record.started = time_member(value, "started");
  record.next_sequence = static_cast<std::uint64_t>(number_member(value, "next_sequence"));
  record.terms = ConferenceTerms::from_json(object_member(value, "terms"));
  return record;
}

std::string ParticipantRecord::key_of(
    const std::string& conference_sid, const std::string& call_sid
) {
  return conference_sid + "." + call_sid;
}

Document ParticipantRecord::to_document() const {
  base::json::object value{
      {"account_sid", account_sid},
      {"conference_sid", conference_sid},
      {"call_sid", call_sid},
      {"label", label},
      {"muted", muted},
      {"hold", hold},
      {"coaching", coaching},
      {"call_sid_to_coach", call_sid_to_coach},
      {"start_conference_on_enter", start_on_enter},
      {"end_conference_on_exit", end_on_exit},
      {"beep", beep.word()},
      {"gain_db", gain_db},
      {"status", to_string(status)},
      {"current", !is_over()},
      {"called_in", called_in},
      {"date_updated", base::to_unix_micros(updated)},
  };
  return {
      std::string(participant_collection), key_of(conference_sid, call_sid), conference_sid,
      std::move(value), created
  };
}

ParticipantRecord ParticipantRecord::from_document(const Document& document) {
  const base::json::object& value = document.value;
  ParticipantRecord record;
  record.conference_sid = text_member(value, "conference_sid");
  record.account_sid = text_member(value, "account_sid");
  record.call_sid = text_member(value, "call_sid");
  record.label = text_member(value, "label");
  record.muted = flag_member(value, "muted");
  record.hold = flag_member(value, "hold");
  record.coaching = flag_member(value, "coaching");
  record.call_sid_to_coach = text_member(value, "call_sid_to_coach");
  record.start_on_enter = flag_member(value, "start_conference_on_enter");
  record.end_on_exit = flag_member(value, "end_conference_on_exit");
  record.beep = Beep::parse(text_member(value, "beep")).value_or(Beep{});
  if (const auto* gain = base::json::find(value, "gain_db"); gain != nullptr && gain->is_double())
    record.gain_db = static_cast<float>(gain->as_double());
  record.status =
      parse_word<ParticipantRecord::Status>(participant_words, text_member(value, "status"));
  record.called_in = flag_member(value, "called_in");
  record.created = document.created;
  record.updated = time_member(value, "date_updated");
  return record;
}

base::json::object JoinConference::to_json() const {
  base::json::object object{
      {"name", name},
      {"conference_sid", conference_sid},
      {"label", label},
      {"muted", muted},
      {"beep", beep.word()},
      {"start_on_enter", start_on_enter},
      {"end_on_exit", end_on_exit},
      {"coach", coach},
      {"max_participants", max_participants},
      {"terms", terms.to_json()},
  };
  if (wait) object["wait"] = describe(*wait);
  return object;
}

JoinConference JoinConference::from_json(const base::json::object& object) {
  JoinConference join;
  join.name = text_member(object, "name");
  join.conference_sid = text_member(object, "conference_sid");
  join.label = text_member(object, "label");
  join.muted = flag_member(object, "muted");
  join.beep = Beep::parse(text_member(object, "beep")).value_or(Beep{});
  join.start_on_enter = flag_member(object, "start_on_enter");
  join.end_on_exit = flag_member(object, "end_on_exit");
  join.coach = text_member(object, "coach");
  if (const auto most = number_member(object, "max_participants"); most > 0)
    join.max_participants = static_cast<std::size_t>(most);
  if (object.contains("wait")) join.wait = side_document(object_member(object, "wait"));
  join.terms = ConferenceTerms::from_json(object_member(object, "terms"));
  return join;
}

}  // namespace belfry::call
