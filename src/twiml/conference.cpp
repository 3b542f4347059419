#include "twiml/conference.hpp"

#include "base/ids.hpp"

namespace belfry::twiml {
namespace {

EventCallback read_conference_callback(ElementReader& reader) {
  EventCallback callback;
  callback.url = reader.text("statusCallback");
  callback.method = reader.method("statusCallbackMethod", 12200);
  callback.events = reader.words(
      "statusCallbackEvent", {},
      {"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"}, 12200
  );
  return callback;
}

void read_who(Conference& conference, ElementReader& reader) {
  conference.participant_label = reader.text("participantLabel");
  const std::string& label = conference.participant_label;
  if (label.size() > 128 || label.find('/') != std::string::npos || base::is_sid(label, "CA"))
    reader.invalid("participantLabel", 16023, Severity::error);
  conference.coach = reader.text("coach");
  if (!conference.coach.empty() && !base::is_sid(conference.coach, "CA"))
    reader.invalid("coach", 13240, Severity::error);
}

}  // namespace

Conference read_conference(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Conference conference;
  conference.name = element.own_text();
  if (conference.name.empty() || conference.name.size() > 128)
    findings.warn(13237, "<Conference> needs a name of 1 to 128 characters");
  conference.muted = reader.flag("muted", false, 13230);
  conference.beep = reader.word("beep", "true", {"true", "false", "onEnter", "onExit"}, 13235);
  conference.start_on_enter = reader.flag("startConferenceOnEnter", true, 13232);
  conference.end_on_exit = reader.flag("endConferenceOnExit", false, 13231, Severity::error);
  read_who(conference, reader);
  conference.jitter_buffer_size =
      reader.word("jitterBufferSize", "large", {"large", "medium", "small", "off"}, 12200);
  conference.wait_url = reader.optional_text("waitUrl");
  conference.wait_method = reader.method("waitMethod", 13234);
  conference.max_participants = reader.number("maxParticipants", 250, 2, 250, 12200);
  conference.record_from_start =
      reader.word(
          "record", "do-not-record", {"do-not-record", "record-from-start", "true", "false"}, 12200
      ) == "record-from-start" ||
      (element.attribute("record") != nullptr && *element.attribute("record") == "true");
  conference.trim_silence =
      reader.word(
          "trim", "trim-silence", {"trim-silence", "do-not-trim"}, 13239, Severity::error
      ) == "trim-silence";
  conference.status_callback = read_conference_callback(reader);
  conference.recording_callback = read_recording_callback(reader);
  conference.event_callback_url = reader.text("eventCallbackUrl");
  reader.accept({"region"});
  reader.report_unknown_attributes();
  reader.report_children();
  return conference;
}

}  // namespace belfry::twiml
