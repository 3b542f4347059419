#include "twiml/recording.hpp"

#include "call/leg.hpp"
#include "call/services.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

Recording read_recording_noun(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Recording recording;
  recording.dual_channel = reader.word("channels", "mono", {"mono", "dual"}, 12200) == "dual";
  recording.track = reader.word("track", "both", {"both", "inbound", "outbound"}, 12200);
  recording.trim_silence =
      reader.word("trim", "do-not-trim", {"trim-silence", "do-not-trim"}, 13699) == "trim-silence";
  recording.recording_callback = read_recording_callback(reader);
  reader.report_unknown_attributes();
  reader.report_children();
  return recording;
}

call::RecordingOrder recording_order(
    bool dual_channel, std::string_view track, bool trim_silence, const EventCallback& callback,
    Session& session
) {
  call::RecordingOrder order;
  if (dual_channel) order.channels = call::RecordingOrder::Channels::dual;
  order.track = call::parse_track(track);
  order.trim_silence = trim_silence;
  if (callback.url.empty()) return order;
  const auto url = session.resolve(callback.url);
  if (url) {
    order.callback = {*url, callback.method, callback.events, session.is_own(*url)};
  } else {
    session.warn(13256, "recordingStatusCallback: " + url.error().message);
  }
  return order;
}

void start_recording(const Recording& recording, Session& session) {
  call::Leg* leg = session.voice().leg();
  call::Recordings* recordings = leg == nullptr ? nullptr : leg->services().recordings;
  if (recordings == nullptr) {
    session.warn(13750, "<Recording> is not available here and was skipped");
    return;
  }
  auto order = recording_order(
      recording.dual_channel, recording.track, recording.trim_silence, recording.recording_callback,
      session
  );
  const auto started =
      recordings->start(*leg, call::RecordingSource::start_call_recording_twiml, std::move(order));
  if (!started) session.warn(13750, "<Recording> was skipped: " + started.error().message);
}

void stop_recording(const Recording&, Session& session) {
  call::Leg* leg = session.voice().leg();
  call::Recordings* recordings = leg == nullptr ? nullptr : leg->services().recordings;
  if (recordings == nullptr) return;
  const std::string sid =
      recordings->current(leg->sid(), call::RecordingSource::start_call_recording_twiml);
  if (sid.empty() || !recordings->stop(sid))
    session.warn(12200, "<Stop> found no recording that <Start> began");
}

}  // namespace belfry::twiml
