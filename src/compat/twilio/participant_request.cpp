#include "compat/twilio/participant_request.hpp"

#include "base/ids.hpp"
#include "compat/twilio/conferences.hpp"

namespace belfry::compat::twilio {
namespace {

constexpr std::size_t max_label = 128;

call::CallbackAddress read_callback(
    Parameters& parameters, const std::string& name, std::vector<std::string> events
) {
  call::CallbackAddress callback;
  callback.url = parameters.url(name);
  callback.method = parameters.method(name + "Method");
  callback.events = parameters.list(name + "Event");
  if (callback.events.empty()) callback.events = std::move(events);
  return callback;
}

std::string read_label(Parameters& parameters) {
  std::string label = parameters.limited("Label", max_label, 16024);
  if (label.find('/') == std::string::npos && !base::is_sid(label, "CA")) return label;
  parameters.refuse(16024);
  return {};
}

bool read_record(Parameters& parameters) {
  const std::string word = parameters.one_of(
      "ConferenceRecord", {"true", "false", "record-from-start", "do-not-record"}, "false"
  );
  return word == "true" || word == "record-from-start";
}

/// An empty WaitUrl asks for silence, none for music.
std::optional<call::SideDocument> read_wait(Parameters& parameters) {
  auto document = read_side_document(parameters, "Wait");
  if (!document && parameters.given("WaitUrl")) document.emplace();
  if (document) document->audio = call::SideDocument::Audio::loops;
  return document;
}

std::optional<bool> read_optional_flag(Parameters& parameters, std::string_view name) {
  if (parameters.text(name).empty()) return std::nullopt;
  return parameters.flag(name);
}

}  // namespace

call::JoinConference read_join(Parameters& parameters) {
  call::JoinConference join;
  join.label = read_label(parameters);
  join.muted = parameters.flag("Muted");
  const std::string beep =
      parameters.one_of("Beep", {"true", "false", "onEnter", "onExit"}, "true");
  join.beep = call::Beep::parse(beep).value_or(call::Beep{});
  join.start_on_enter = parameters.flag("StartConferenceOnEnter", true);
  join.end_on_exit = parameters.flag("EndConferenceOnExit");
  if (parameters.flag("Coaching") && parameters.text("CallSidToCoach").empty())
    parameters.refuse(16027);
  join.coach = parameters.text("CallSidToCoach");
  if (!join.coach.empty() && !base::is_sid(join.coach, "CA")) parameters.refuse(13240);
  join.max_participants =
      static_cast<std::size_t>(parameters.integer("MaxParticipants", 250, 2, 250));
  join.wait = read_wait(parameters);
  parameters.one_of("JitterBufferSize", {"large", "medium", "small", "off"}, "large");
  join.terms.callback = read_callback(parameters, "ConferenceStatusCallback", {"start", "end"});
  join.terms.recording_callback =
      read_callback(parameters, "ConferenceRecordingStatusCallback", {"completed"});
  join.terms.record_from_start = read_record(parameters);
  join.terms.trim_silence =
      parameters.one_of("ConferenceTrim", {"trim-silence", "do-not-trim"}, "trim-silence") ==
      "trim-silence";
  if (const std::string region = parameters.text("Region"); !region.empty())
    join.terms.region = region;
  return join;
}

call::ParticipantUpdate read_participant_update(Parameters& parameters) {
  call::ParticipantUpdate update;
  update.muted = read_optional_flag(parameters, "Muted");
  update.hold = read_optional_flag(parameters, "Hold");
  update.end_on_exit = read_optional_flag(parameters, "EndConferenceOnExit");
  update.beep_on_exit = read_optional_flag(parameters, "BeepOnExit");
  update.coaching = read_optional_flag(parameters, "Coaching");
  if (std::string coached = parameters.text("CallSidToCoach"); !coached.empty())
    update.call_sid_to_coach = std::move(coached);
  update.hold_document = read_side_document(parameters, "Hold", "GET");
  if (update.hold_document) update.hold_document->audio = call::SideDocument::Audio::loops;
  update.wait_document = read_wait(parameters);
  return update;
}

}  // namespace belfry::compat::twilio
