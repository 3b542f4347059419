#include "compat/twilio/siprec.hpp"

#include "compat/twilio/beside_call.hpp"
#include "compat/twilio/live_call.hpp"
#include "compat/twilio/rendering.hpp"
#include "twiml/media_streams.hpp"
#include "twiml/siprec_sessions.hpp"

namespace belfry::compat::twilio {
namespace {

twiml::SiprecOrder read_order(Parameters& parameters) {
  twiml::SiprecOrder order;
  order.connector = parameters.required("ConnectorName", 20001);
  order.name = parameters.limited("Name", 256);
  const std::string track = parameters.one_of(
      "Track", {"inbound_track", "outbound_track", "both_tracks"}, "both_tracks", 31941
  );
  order.track = twiml::parse_track(track).value_or(call::Track::both);
  order.status_callback = parameters.url("StatusCallback");
  order.status_callback_method = parameters.method("StatusCallbackMethod");
  order.parameters = parameters.named_values();
  return order;
}

}  // namespace

void SiprecResource::add_to(Api& api) {
  api.post("/Calls/{CallSid}/Siprec", this, &SiprecResource::create);
  api.post("/Calls/{CallSid}/Siprec/{Sid}", this, &SiprecResource::update);
}

base::Task<http::Response> SiprecResource::create(Ask ask) {
  twiml::SiprecOrder order = read_order(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  const std::string name = order.name;
  const auto started = context_.siprec->start(**leg, std::move(order));
  if (!started) co_return refusal(started.error());
  co_return http::json(
      200, render_beside_call(context_, ask, "Siprec", *started, name, "in-progress")
  );
}

base::Task<http::Response> SiprecResource::update(Ask ask) {
  auto stop = [this](const std::string& call_sid, const std::string& sid_or_name) {
    return context_.siprec->stop(call_sid, sid_or_name);
  };
  return stop_beside_call(context_, std::move(ask), "Siprec", std::move(stop));
}

}  // namespace belfry::compat::twilio
