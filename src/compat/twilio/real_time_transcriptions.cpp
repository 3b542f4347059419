#include "compat/twilio/real_time_transcriptions.hpp"

#include "compat/twilio/beside_call.hpp"
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

base::Task<http::Response> RealTimeTranscriptionsResource::create(Ask ask) {
  twiml::TranscriptionOrder order = read_order(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  const std::string name = order.name;
  const auto started = context_.transcriptions->start(**leg, std::move(order));
  if (!started) co_return refusal(20001, started.error().message);
  co_return http::json(
      200, render_beside_call(context_, ask, "Transcriptions", *started, name, "in-progress")
  );
}

base::Task<http::Response> RealTimeTranscriptionsResource::update(Ask ask) {
  auto stop = [this](const std::string& call_sid, const std::string& sid_or_name) {
    return context_.transcriptions->stop(call_sid, sid_or_name);
  };
  return stop_beside_call(context_, std::move(ask), "Transcriptions", std::move(stop));
}

}  // namespace belfry::compat::twilio
