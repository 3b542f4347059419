#pragma once
#include "twiml/callbacks.hpp"
#include "twiml/siprec_sessions.hpp"

namespace belfry::twiml {

class Session;

/// `<Siprec>` in `<Start>` and `<Stop>`.
struct Siprec {
  std::string name;
  std::string connector_name;
  std::string track = "both_tracks";
  std::string status_callback;
  std::string status_callback_method = "POST";
  std::vector<Parameter> parameters;
};

/// Findings: 31941 track, 12200 a parameter above 500 characters.
Siprec read_siprec(const Element& element, Findings& findings);

/// `<Start>`: the audio of a leg that has been answered goes to the recorder behind the connector,
/// in the background. What is wrong is a warning of the timeline: 12200 for an unknown connector.
void start_siprec(const Siprec& siprec, Session& session);
/// `<Stop>`: ends the one of that name.
void stop_siprec(const Siprec& siprec, Session& session);

}  // namespace belfry::twiml
