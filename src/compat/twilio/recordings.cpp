#include "compat/twilio/recordings.hpp"

#include "compat/twilio/paging.hpp"
#include "compat/twilio/recording_json.hpp"
#include "compat/twilio/recording_media.hpp"
#include "compat/twilio/running_recordings.hpp"

namespace belfry::compat::twilio {

using call::RecordingRecord;

void RecordingsResource::add_to(Api& api) {
  api.get("/Recordings", this, &RecordingsResource::list);
  api.get("/Recordings/{RecordingSid}.wav", this, &RecordingsResource::fetch_wav);
  api.get("/Recordings/{RecordingSid}.mp3", this, &RecordingsResource::fetch_mp3);
  api.get("/Recordings/{RecordingSid}", this, &RecordingsResource::fetch);
  api.remove("/Recordings/{RecordingSid}", this, &RecordingsResource::remove);
}

base::Task<http::Response> RecordingsResource::list(Ask ask) {
  call::DocumentQuery query = recordings_of(ask, "");
  Parameters& parameters = ask.parameters;
  if (const std::string call = parameters.text("CallSid"); !call.empty())
    query.members.emplace_back("call_sid", call);
  if (const std::string conference = parameters.text("ConferenceSid"); !conference.empty())
    query.members.emplace_back("conference_sid", conference);
  const TimeSpan created = parameters.times("DateCreated");
  query.created_from = created.from;
  query.created_before = created.before;
  if (const auto& wrong = parameters.error()) co_return render(*wrong);
  RenderDocument render_one = [this](const Ask&, const call::Document& document) {
    const auto recording = RecordingRecord::from_document(document);
    return recording ? render_recording(context_.services(), *recording) : base::json::object();
  };
  co_return co_await list_documents(
      std::move(ask), context_.journal(), std::move(query), "recordings", std::move(render_one)
  );
}

base::Task<http::Response> RecordingsResource::fetch(Ask ask) {
  if (!ask.request.path.ends_with(".json")) co_return co_await fetch_wav(std::move(ask));
  const auto found = co_await find_recording(context_, ask.account.sid, ask.param("RecordingSid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_recording(context_.services(), **found));
}

base::Task<http::Response> RecordingsResource::fetch_wav(Ask ask) {
  co_return co_await answer_media(context_, std::move(ask), MediaFormat::wav);
}

base::Task<http::Response> RecordingsResource::fetch_mp3(Ask ask) {
  co_return co_await answer_media(context_, std::move(ask), MediaFormat::mp3);
}

base::Task<http::Response> RecordingsResource::remove(Ask ask) {
  const auto found = co_await find_recording(context_, ask.account.sid, ask.param("RecordingSid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return co_await remove_recording(context_, std::move(ask), (*found)->sid);
}

}  // namespace belfry::compat::twilio
