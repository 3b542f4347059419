#include "compat/twilio/running_recordings.hpp"

#include "call/leg.hpp"
#include "compat/twilio/call_json.hpp"
#include "compat/twilio/conferences.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/recording_json.hpp"

namespace belfry::compat::twilio {
namespace {

using call::RecordingRecord;
using call::RecordingSource;

constexpr int wrong_state = 21220;
constexpr int concurrent = 16108;

const std::string& subject_of(const Ask& ask) {
  const std::string& call = ask.param("CallSid");
  return call.empty() ? ask.param("ConferenceSid") : call;
}

call::RecordingOrder read_order(Parameters& parameters) {
  call::RecordingOrder order;
  order.callback.url = parameters.url("RecordingStatusCallback");
  order.callback.method = parameters.method("RecordingStatusCallbackMethod");
  if (auto events = parameters.list("RecordingStatusCallbackEvent"); !events.empty())
    order.callback.events = std::move(events);
  for (const std::string& event : order.callback.events) {
    if (event != "in-progress" && event != "completed" && event != "absent")
      parameters.refuse(20001, "RecordingStatusCallbackEvent '" + event + "' is unknown");
  }
  order.trim_silence =
      parameters.one_of("Trim", {"trim-silence", "do-not-trim"}, "do-not-trim") == "trim-silence";
  if (parameters.one_of("RecordingChannels", {"mono", "dual"}, "mono") == "dual")
    order.channels = call::RecordingOrder::Channels::dual;
  order.track =
      call::parse_track(parameters.one_of("RecordingTrack", {"both", "inbound", "outbound"}, "both")
      );
  return order;
}

/// The same is being recorded already by the same way.
bool is_duplicate(
    const call::Recordings& recordings, const std::string& call_sid,
    const call::RecordingOrder& order
) {
  const auto* running =
      recordings.running(recordings.current(call_sid, RecordingSource::start_call_recording_api));
  return running != nullptr && running->order.channels == order.channels &&
         running->order.track == order.track;
}

}  // namespace

call::DocumentQuery recordings_of(Ask& ask, std::string_view subject) {
  call::DocumentQuery query{.collection = std::string(RecordingRecord::collection)};
  query.tag = subject;
  query.members.emplace_back("account_sid", ask.account.sid);
  if (!ask.parameters.flag("IncludeSoftDeleted")) query.members.emplace_back("deleted", "false");
  return query;
}

base::Task<http::Response> remove_recording(Context& context, Ask ask, std::string sid) {
  const base::Result<> removed = co_await context.services().recordings->remove(std::move(sid));
  if (removed) co_return http::empty(204);
  if (removed.error().code == base::Errc::conflict)
    co_return refusal(20009, "The recording is running and cannot be deleted");
  if (removed.error().code == base::Errc::not_found) co_return ask.not_found();
  co_return refusal(removed.error());
}

void RunningRecordingsResource::add_to(Api& api) {
  using Self = RunningRecordingsResource;
  api.post("/Calls/{CallSid}/Recordings", this, &Self::create);
  for (const std::string parent : {"/Calls/{CallSid}", "/Conferences/{ConferenceSid}"}) {
    api.get(parent + "/Recordings", this, &Self::list);
    api.get(parent + "/Recordings/{RecordingSid}", this, &Self::fetch);
    api.post(parent + "/Recordings/{RecordingSid}", this, &Self::update);
    api.remove(parent + "/Recordings/{RecordingSid}", this, &Self::remove);
  }
}

base::json::object RunningRecordingsResource::render_one(const RecordingRecord& recording) const {
  return recording.call_sid.empty() ? render_conference_recording(context_.services(), recording)
                                    : render_call_recording(context_.services(), recording);
}

base::Task<base::Result<bool>> RunningRecordingsResource::is_known(Ask& ask) {
  if (!ask.param("CallSid").empty()) {
    const auto call = co_await find_call(context_, ask.account.sid, ask.param("CallSid"));
    if (!call) co_return base::fail(call.error());
    co_return call->has_value();
  }
  const auto conference =
      co_await find_conference(context_, ask.account.sid, ask.param("ConferenceSid"));
  if (!conference) co_return base::fail(conference.error());
  co_return conference->has_value();
}

base::Task<base::Result<std::optional<RecordingRecord>>> RunningRecordingsResource::find(
    const Ask& ask
) {
  std::string sid = ask.param("RecordingSid");
  call::Recordings* recordings = context_.services().recordings;
  if (sid == "Twilio.CURRENT" && recordings != nullptr) sid = recordings->current(subject_of(ask));
  auto found = co_await find_recording(context_, ask.account.sid, std::move(sid));
  if (found && *found && (*found)->subject() != subject_of(ask)) found->reset();
  co_return found;
}

base::Task<http::Response> RunningRecordingsResource::create(Ask ask) {
  call::RecordingOrder order = read_order(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto known = co_await is_known(ask);
  if (!known) co_return refusal(known.error());
  if (!*known) co_return ask.not_found();
  const std::string call_sid = ask.param("CallSid");
  call::Leg* leg = context_.switchboard.find(call_sid);
  call::Recordings* recordings = context_.services().recordings;
  if (leg == nullptr || leg->ended() || !leg->answered() || recordings == nullptr)
    co_return refusal(wrong_state, "Requested resource is not eligible for recording");
  if (is_duplicate(*recordings, call_sid, order))
    co_return refusal(concurrent, "The call is being recorded in this way already");
  const auto sid =
      recordings->start(*leg, RecordingSource::start_call_recording_api, std::move(order));
  if (!sid) co_return refusal(wrong_state, sid.error().message);
  const auto stored = co_await recordings->stored(*sid);
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_one(*stored));
}

base::Task<http::Response> RunningRecordingsResource::list(Ask ask) {
  const auto known = co_await is_known(ask);
  if (!known) co_return refusal(known.error());
  if (!*known) co_return ask.not_found();
  call::DocumentQuery query = recordings_of(ask, subject_of(ask));
  const TimeSpan created = ask.parameters.times("DateCreated");
  query.created_from = created.from;
  query.created_before = created.before;
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  RenderDocument render_document = [this](const Ask&, const call::Document& document) {
    const auto recording = RecordingRecord::from_document(document);
    return recording ? render_one(*recording) : base::json::object();
  };
  co_return co_await list_documents(
      std::move(ask), context_.journal(), std::move(query), "recordings", std::move(render_document)
  );
}

base::Task<http::Response> RunningRecordingsResource::fetch(Ask ask) {
  const auto found = co_await find(ask);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_one(**found));
}

base::Task<http::Response> RunningRecordingsResource::update(Ask ask) {
  if (!ask.parameters.has("Status")) ask.parameters.refuse(20001, "Status is required");
  const std::string status = ask.parameters.one_of("Status", {"paused", "in-progress", "stopped"});
  const std::string behaviour =
      ask.parameters.one_of("PauseBehavior", {"skip", "silence"}, "silence");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto found = co_await find(ask);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  const std::string sid = (*found)->sid;
  call::Recordings& recordings = *context_.services().recordings;
  base::Result<> done;
  if (status == "paused") {
    const bool skip = behaviour == "skip";
    done = recordings.pause(sid, skip ? call::WhilePaused::skip : call::WhilePaused::silence);
  } else if (status == "in-progress") {
    done = recordings.resume(sid);
  } else {
    done = recordings.stop(sid);
  }
  if (!done) co_return refusal(wrong_state, done.error().message);
  const auto stored = co_await recordings.stored(sid);
  if (!stored) co_return refusal(stored.error());
  base::json::object json = render_one(*stored);
  json["status"] = status;  // it is that from now on, whatever the file still needs
  co_return http::json(200, std::move(json));
}

base::Task<http::Response> RunningRecordingsResource::remove(Ask ask) {
  const auto found = co_await find(ask);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return co_await remove_recording(context_, std::move(ask), (*found)->sid);
}

}  // namespace belfry::compat::twilio
