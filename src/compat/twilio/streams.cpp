#include "compat/twilio/streams.hpp"

#include "compat/twilio/beside_call.hpp"
#include "compat/twilio/live_call.hpp"
#include "compat/twilio/rendering.hpp"
#include "twiml/media_streams.hpp"

namespace belfry::compat::twilio {
namespace {

twiml::StreamOrder read_order(Parameters& parameters) {
  twiml::StreamOrder order;
  order.url = parameters.required("Url", 20001);
  if (!order.url.starts_with("wss://") && !order.url.starts_with("ws://"))
    parameters.refuse(31922, "Url is not a wss URL");
  order.name = parameters.limited("Name", 256);
  const std::string track = parameters.one_of(
      "Track", {"inbound_track", "outbound_track", "both_tracks"}, "inbound_track", 31941
  );
  order.track = twiml::parse_track(track).value_or(call::Track::inbound);
  order.status_callback = parameters.url("StatusCallback");
  order.status_callback_method = parameters.method("StatusCallbackMethod");
  order.parameters = parameters.named_values();
  return order;
}

}  // namespace

void StreamsResource::add_to(Api& api) {
  api.post("/Calls/{CallSid}/Streams", this, &StreamsResource::create);
  api.post("/Calls/{CallSid}/Streams/{Sid}", this, &StreamsResource::update);
}

base::Task<http::Response> StreamsResource::create(Ask ask) {
  twiml::StreamOrder order = read_order(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  const std::string name = order.name;
  const auto started = context_.streams->start(**leg, std::move(order));
  if (!started) co_return refusal(started.error());
  co_return http::json(
      200, render_beside_call(context_, ask, "Streams", *started, name, "in-progress")
  );
}

base::Task<http::Response> StreamsResource::update(Ask ask) {
  auto stop = [this](const std::string& call_sid, const std::string& sid_or_name) {
    return context_.streams->stop(call_sid, sid_or_name);
  };
  return stop_beside_call(context_, std::move(ask), "Streams", std::move(stop));
}

}  // namespace belfry::compat::twilio
