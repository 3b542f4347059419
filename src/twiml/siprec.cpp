#include "twiml/siprec.hpp"

#include "twiml/media_streams.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

Siprec read_siprec(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Siprec siprec;
  siprec.name = reader.text("name");
  siprec.connector_name = reader.text("connectorName");
  siprec.track = reader.word(
      "track", "both_tracks", {"inbound_track", "outbound_track", "both_tracks"}, 31941
  );
  siprec.status_callback = reader.text("statusCallback");
  siprec.status_callback_method = reader.method("statusCallbackMethod", 12200);
  reader.report_unknown_attributes();
  siprec.parameters = read_limited_parameters(element, findings);
  return siprec;
}

namespace {

/// Where sessions are and whose they would be; nothing, with a warning, for a scripted party.
struct Place {
  SiprecSessions& sessions;
  call::Leg& leg;
};

std::optional<Place> place_of(Session& session) {
  SiprecSessions* sessions = session.environment().siprec;
  call::Leg* leg = session.voice().leg();
  if (sessions != nullptr && leg != nullptr) return Place{*sessions, *leg};
  session.warn(13750, "<Siprec> is not available here and was skipped");
  return std::nullopt;
}

SiprecOrder make_order(const Siprec& siprec, Session& session) {
  SiprecOrder order;
  order.name = siprec.name;
  order.connector = siprec.connector_name;
  order.track = parse_track(siprec.track).value_or(call::Track::both);
  for (const Parameter& parameter : siprec.parameters)
    order.parameters.emplace_back(parameter.name, parameter.value);
  order.status_callback_method = siprec.status_callback_method;
  if (siprec.status_callback.empty()) return order;
  auto callback = session.resolve(siprec.status_callback);
  if (callback) {
    order.status_callback = std::move(*callback);
  } else {
    session.warn(callback.error().detail, callback.error().message);
  }
  return order;
}

}  // namespace

void start_siprec(const Siprec& siprec, Session& session) {
  const auto place = place_of(session);
  if (!place) return;
  const auto started = place->sessions.start(place->leg, make_order(siprec, session));
  if (started) return;
  const bool is_unknown = started.error().code == base::Errc::not_found;
  session.warn(is_unknown ? 12200 : started.error().detail, started.error().message);
}

void stop_siprec(const Siprec& siprec, Session& session) {
  const auto place = place_of(session);
  if (!place) return;
  if (const auto stopped = place->sessions.stop(place->leg.sid(), siprec.name); !stopped)
    session.warn(12200, "no SIPREC session of this call is named \"" + siprec.name + "\"");
}

}  // namespace belfry::twiml
