#include "twiml/dial_recording.hpp"

#include "call/services.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

void DialRecording::on_ringing() {
  if (dial_.record.starts_with("record-from-ringing") && session_.answered()) start();
}

void DialRecording::on_answer() {
  if (dial_.record != "do-not-record" && sid_.empty()) start();
}

void DialRecording::on_answer(call::Leg& party) {
  on_answer();
  if (sid_.empty()) return;
  const call::Recordings& recordings = *party.services().recordings;
  if (const call::RecordingRecord* row = recordings.running(sid_))
    party.set_recorded({sid_, url_, row->started});
}

void DialRecording::start() {
  call::Leg& leg = *session_.voice().leg();
  call::Recordings* recordings = leg.services().recordings;
  if (recordings == nullptr) return session_.warn(13217, "nothing can be recorded here");
  call::RecordingOrder order;
  if (dial_.record.ends_with("-dual")) order.channels = call::RecordingOrder::Channels::dual;
  order.track = call::parse_track(dial_.recording_track);
  order.trim_silence = dial_.trim_silence;
  order.callback.method = dial_.recording_callback.method;
  order.callback.events = dial_.recording_callback.events;
  if (!dial_.recording_callback.url.empty()) {
    auto url = session_.resolve(dial_.recording_callback.url);
    if (url) {
      order.callback.own_application = session_.is_own(*url);
      order.callback.url = std::move(*url);
    }
    if (!url) session_.warn(13256, url.error().message);
  }
  auto started = recordings->start(leg, call::RecordingSource::dial_verb, std::move(order));
  if (!started) return session_.warn(13217, "not recorded: " + started.error().message);
  sid_ = std::move(*started);
  guard_.emplace(*recordings, sid_);
  if (const call::RecordingRecord* row = recordings->running(sid_)) url_ = recordings->url_of(*row);
}

void DialRecording::add_to(call::FormFields& fields) const {
  if (sid_.empty()) return;
  fields.emplace_back("RecordingUrl", url_);
  fields.emplace_back("RecordingSid", sid_);
}

}  // namespace belfry::twiml
