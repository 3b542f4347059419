#include "twiml/recording_callback.hpp"

#include "twiml/parameters.hpp"

namespace belfry::twiml {

call::Delivery RecordingStatusFormat::render(
    const call::RecordingRecord& recording, const std::string& url
) const {
  call::FormFields fields{{"AccountSid", recording.account_sid}};
  if (!recording.call_sid.empty()) fields.emplace_back("CallSid", recording.call_sid);
  if (!recording.conference_sid.empty())
    fields.emplace_back("ConferenceSid", recording.conference_sid);
  fields.emplace_back("RecordingSid", recording.sid);
  fields.emplace_back("RecordingUrl", url);
  fields.emplace_back("RecordingStatus", call::to_string(recording.status));
  if (call::is_final(recording.status) && recording.length)
    fields.emplace_back("RecordingDuration", std::to_string(recording.duration_s()));
  fields.emplace_back("RecordingChannels", std::to_string(recording.channels()));
  fields.emplace_back("RecordingStartTime", base::to_rfc2822(recording.started));
  fields.emplace_back("RecordingSource", call::to_string(recording.source));
  fields.emplace_back("RecordingTrack", call::to_string(recording.order.track));
  if (recording.error_code != 0)
    fields.emplace_back("ErrorCode", std::to_string(recording.error_code));
  call::Delivery delivery = form_delivery(
      recording.account_sid, recording.order.callback.url, recording.order.callback.method, fields
  );
  delivery.own_application = recording.order.callback.own_application;
  return delivery;
}

}  // namespace belfry::twiml
