#include "compat/twilio/real_time_transcriptions.hpp"

#include "compat/twilio/live_call.hpp"
#include "compat/twilio/rendering.hpp"
#include "twiml/media_streams.hpp"
#include "twiml/transcription.hpp"

namespace belfry::compat::twilio {
namespace {

twiml::TranscriptionOrder read_order(Parameters& parameters) {
  twiml::TranscriptionOrder order;
  order.name = parameters.limited("Name", 256);
  const std::string track =
      parameters.one_of("Track", {"inbound_track", "outbound_track", "both_tracks"}, "both_tracks");
  order.track = twiml::parse_track(track).value_or(call::Track::both);
  order.inbound_label = parameters.limited("InboundTrackLabel", 256);
  order.outbound_label = parameters.limited("OutboundTrackLabel", 256);
  order.language = parameters.text("LanguageCode", order.language);
  order.hints = twiml::split_hints(parameters.text("Hints"));
  order.partial_results = parameters.flag("PartialResults");
  order.status_callback.url = parameters.url("StatusCallbackUrl");
  order.status_callback.method = parameters.method("StatusCallbackMethod");
  return order;
}

}  // namespace

void RealTimeTranscriptionsResource::add_to(Api& api) {
  using Self = RealTimeTranscriptionsResource;
  api.post("/Calls/{CallSid}/Transcriptions", this, &Self::create);
  api.post("/Calls/{CallSid}/Transcriptions/{Sid}", this, &Self::update);
}

base::json::object RealTimeTranscriptionsResource::render_one(
    const Ask& ask, const std::string& sid, std::string_view name, std::string_view status
) const {
  const std::string& call_sid = ask.param("CallSid");
  return {
      {"sid", sid},
      {"account_sid", ask.account.sid},
      {"call_sid", call_sid},
      {"name", or_null(name)},
      {"status", status},
      {"date_updated", date(context_.loop.wall_now())},
      {"uri", ask.uri("/Calls/" + call_sid + "/Transcriptions/" + sid + ".json")},
  };
}

base::Task<http::Response> RealTimeTranscriptionsResource::create(Ask ask) {
  twiml::TranscriptionOrder order = read_order(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  const std::string name = order.name;
  const auto started = context_.transcriptions->start(**leg, std::move(order));
  if (!started) co_return refusal(20001, started.error().message);
  co_return http::json(200, render_one(ask, *started, name, "in-progress"));
}

base::Task<http::Response> RealTimeTranscriptionsResource::update(Ask ask) {
  const std::string status = ask.parameters.one_of("Status", {"stopped"});
  if (status.empty()) ask.parameters.refuse(20001, "Status must be stopped");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  const std::string& sid_or_name = ask.param("Sid");
  const auto stopped = context_.transcriptions->stop(ask.param("CallSid"), sid_or_name);
  if (!stopped) co_return ask.not_found();
  const std::string name = *stopped == sid_or_name ? std::string() : sid_or_name;
  co_return http::json(200, render_one(ask, *stopped, name, "stopped"));
}

}  // namespace belfry::compat::twilio
