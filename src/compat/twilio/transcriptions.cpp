#include "compat/twilio/transcriptions.hpp"

#include "base/ids.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/recording_json.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using call::TranscriptionRecord;

base::json::object render_transcription(const TranscriptionRecord& transcription) {
  const bool is_over = transcription.status != TranscriptionRecord::Status::in_progress;
  base::json::value duration;
  if (is_over) duration = std::to_string(transcription.duration_s);
  return {
      {"sid", transcription.sid},
      {"account_sid", transcription.account_sid},
      {"api_version", "2010-04-01"},
      {"date_created", date(transcription.created)},
      {"date_updated", date(transcription.updated)},
      {"duration", duration},
      {"price", nullptr},
      {"price_unit", "USD"},
      {"recording_sid", transcription.recording_sid},
      {"status", call::to_string(transcription.status)},
      {"transcription_text", or_null(transcription.text)},
      {"type", "fast"},
      {"uri", "/2010-04-01/Accounts/" + transcription.account_sid + "/Transcriptions/" +
                  transcription.sid + ".json"},
  };
}

}  // namespace

void TranscriptionsResource::add_to(Api& api) {
  api.get("/Transcriptions/{Sid}.txt", this, &TranscriptionsResource::fetch_text);
  for (const std::string parent : {"", "/Recordings/{RecordingSid}"}) {
    api.get(parent + "/Transcriptions", this, &TranscriptionsResource::list);
    api.get(parent + "/Transcriptions/{Sid}", this, &TranscriptionsResource::fetch);
    api.remove(parent + "/Transcriptions/{Sid}", this, &TranscriptionsResource::remove);
  }
}

base::Task<http::Response> TranscriptionsResource::list(Ask ask) {
  call::DocumentQuery query;
  query.collection = TranscriptionRecord::collection;
  query.members.emplace_back("account_sid", ask.account.sid);
  if (const std::string recording = ask.param("RecordingSid"); !recording.empty()) {
    const auto found = co_await find_recording(context_, ask.account.sid, recording);
    if (!found) co_return refusal(found.error());
    if (!*found) co_return ask.not_found();
    query.tag = recording;
  }
  RenderDocument render_one = [](const Ask&, const call::Document& document) {
    const auto transcription = TranscriptionRecord::from_document(document);
    return transcription ? render_transcription(*transcription) : base::json::object();
  };
  co_return co_await list_documents(
      std::move(ask), context_.journal(), std::move(query), "transcriptions", std::move(render_one)
  );
}

base::Task<TranscriptionsResource::Found> TranscriptionsResource::find(const Ask& ask) {
  std::optional<TranscriptionRecord> none;
  call::Transcriptions* transcriptions = context_.services().transcriptions;
  std::string sid = ask.param("Sid");
  if (transcriptions == nullptr || !base::is_sid(sid, "TR")) co_return none;
  auto found = co_await transcriptions->find(std::move(sid));
  if (!found && found.error().code == base::Errc::not_found) co_return none;
  if (!found) co_return base::fail(found.error());
  const std::string& recording = ask.param("RecordingSid");
  if (found->account_sid != ask.account.sid) co_return none;
  if (!recording.empty() && found->recording_sid != recording) co_return none;
  co_return std::optional(std::move(*found));
}

base::Task<http::Response> TranscriptionsResource::fetch(Ask ask) {
  const auto found = co_await find(ask);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_transcription(**found));
}

base::Task<http::Response> TranscriptionsResource::fetch_text(Ask ask) {
  const auto found = co_await find(ask);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  http::Response response;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.body = (*found)->text;
  co_return response;
}

base::Task<http::Response> TranscriptionsResource::remove(Ask ask) {
  const auto found = co_await find(ask);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  std::string sid = (*found)->sid;
  const auto removed = co_await context_.services().transcriptions->remove(std::move(sid));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
