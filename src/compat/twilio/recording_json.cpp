#include "compat/twilio/recording_json.hpp"

#include "base/ids.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using call::RecordingRecord;

base::json::object render(
    const call::Services& services, const RecordingRecord& recording, const std::string& parent
) {
  const std::string account = "/2010-04-01/Accounts/" + recording.account_sid;
  const std::string path = account + parent + "/Recordings/" + recording.sid;
  base::json::value duration;
  if (recording.length) duration = std::to_string(recording.duration_s());
  base::json::value error_code;
  if (recording.error_code != 0) error_code = recording.error_code;
  return {
      {"sid", recording.sid},
      {"account_sid", recording.account_sid},
      {"api_version", "2010-04-01"},
      {"call_sid", or_null(recording.call_sid)},
      {"conference_sid", or_null(recording.conference_sid)},
      {"date_created", date(recording.created)},
      {"date_updated", date(recording.updated)},
      {"start_time", date(recording.started)},
      {"duration", duration},
      {"price", nullptr},
      {"price_unit", "USD"},
      {"status", call::to_string(recording.status)},
      {"channels", recording.channels()},
      {"source", call::to_string(recording.source)},
      {"error_code", error_code},
      {"uri", path + ".json"},
      {"encryption_details", nullptr},
      {"subresource_uris",
       subresources(account + "/Recordings/" + recording.sid, {"transcriptions"})},
      {"media_url", services.recordings->url_of(recording)},
  };
}

}  // namespace

base::json::object render_recording(
    const call::Services& services, const RecordingRecord& recording
) {
  return render(services, recording, "");
}

base::json::object render_call_recording(
    const call::Services& services, const RecordingRecord& recording
) {
  base::json::object json = render(services, recording, "/Calls/" + recording.call_sid);
  json["track"] = call::to_string(recording.order.track);
  return json;
}

base::json::object render_conference_recording(
    const call::Services& services, const RecordingRecord& recording
) {
  return render(services, recording, "/Conferences/" + recording.conference_sid);
}

base::Task<base::Result<std::optional<RecordingRecord>>> find_recording(
    Context& context, std::string account_sid, std::string sid
) {
  std::optional<RecordingRecord> none;
  call::Recordings* recordings = context.services().recordings;
  if (recordings == nullptr || !base::is_sid(sid, "RE")) co_return none;
  auto found = co_await recordings->find(std::move(sid));
  if (!found && found.error().code == base::Errc::not_found) co_return none;
  if (!found) co_return base::fail(found.error());
  if (found->account_sid != account_sid || found->deleted) co_return none;
  co_return std::optional(std::move(*found));
}

}  // namespace belfry::compat::twilio
