#include "compat/twilio/conference_json.hpp"

namespace belfry::compat::twilio {
namespace {

std::string path_of(const std::string& account_sid, const std::string& conference_sid) {
  return "/2010-04-01/Accounts/" + account_sid + "/Conferences/" + conference_sid;
}

/// Seconds from the request to the answer, or to now.
std::string queue_time(const call::ParticipantRecord& participant, base::WallTime now) {
  using Status = call::ParticipantRecord::Status;
  if (!participant.called_in) return "0";
  const bool waits = participant.status == Status::queued;
  const auto waited = (waits ? now : participant.created) - participant.created;
  return std::to_string(std::chrono::floor<std::chrono::milliseconds>(waited).count());
}

}  // namespace

base::json::object render_conference(const call::ConferenceRecord& conference) {
  const std::string path = path_of(conference.account_sid, conference.sid);
  base::json::object json;
  json["sid"] = conference.sid;
  json["account_sid"] = conference.account_sid;
  json["api_version"] = "2010-04-01";
  json["friendly_name"] = conference.name;
  json["region"] = conference.terms.region;
  json["status"] = call::to_string(conference.status);
  json["date_created"] = date(conference.created);
  json["date_updated"] = date(conference.updated);
  json["reason_conference_ended"] = or_null(conference.reason_ended);
  json["call_sid_ending_conference"] = or_null(conference.call_sid_ending);
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(path, {"participants", "recordings"});
  return json;
}

base::json::object render_participant(
    const call::ParticipantRecord& participant, base::WallTime now
) {
  base::json::object json;
  json["account_sid"] = participant.account_sid;
  json["call_sid"] = participant.call_sid;
  json["conference_sid"] = participant.conference_sid;
  json["label"] = or_null(participant.label);
  json["call_sid_to_coach"] = or_null(participant.call_sid_to_coach);
  json["coaching"] = participant.coaching;
  json["date_created"] = date(participant.created);
  json["date_updated"] = date(participant.updated);
  json["end_conference_on_exit"] = participant.end_on_exit;
  json["muted"] = participant.muted;
  json["hold"] = participant.hold;
  json["start_conference_on_enter"] = participant.start_on_enter;
  json["status"] = call::to_string(participant.status);
  json["queue_time"] = queue_time(participant, now);
  json["uri"] = path_of(participant.account_sid, participant.conference_sid) + "/Participants/" +
                participant.call_sid + ".json";
  return json;
}

}  // namespace belfry::compat::twilio
