#pragma once
#include "twiml/element_reader.hpp"

namespace belfry::twiml {

/// Where the steps of a dialled noun, a conference or a recording are reported.
struct EventCallback {
  std::string url;  // empty: nowhere
  std::string method = "POST";
  std::vector<std::string> events;
};

/// `statusCallback`, `statusCallbackMethod`, `statusCallbackEvent` of Number, Client, Sip,
/// Application.
EventCallback read_noun_callback(ElementReader& reader);
/// `recordingStatusCallback…` of Record, Dial, Conference, Start/Recording. 13256 for a wrong
/// method, 13621 for a wrong event (which stops the document).
EventCallback read_recording_callback(ElementReader& reader);

/// `<Parameter name value>`.
struct Parameter {
  std::string name;
  std::string value;
};
/// Adds one, or 12200 when it has no name. A name that is there already gets the new value.
void read_parameter(const Element& element, Findings& findings, std::vector<Parameter>& into);
/// All of an element that has no other children, as streams and recorders take them: 12200 for one
/// that has more than 500 characters, which is left out.
std::vector<Parameter> read_limited_parameters(const Element& element, Findings& findings);

/// 12200: this child may not be in that parent.
void report_misplaced(const Element& child, const Element& parent, Findings& findings, int code);

}  // namespace belfry::twiml
