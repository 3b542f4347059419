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

/// 12200: this child may not be in that parent.
void report_misplaced(const Element& child, const Element& parent, Findings& findings, int code);

}  // namespace belfry::twiml
