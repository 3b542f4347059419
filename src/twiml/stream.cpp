#include "twiml/stream.hpp"

namespace belfry::twiml {
namespace {

void read_parameters(const Element& element, Findings& findings, Stream& stream) {
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "Parameter") {
      read_parameter(child, findings, stream.parameters);
    } else {
      report_misplaced(child, element, findings, 12200);
    }
  }
  const auto removed = std::erase_if(stream.parameters, [](const Parameter& parameter) {
    return parameter.name.size() + parameter.value.size() > 500;
  });
  if (removed > 0) findings.warn(12200, "a <Parameter> has more than 500 characters");
}

}  // namespace

Stream read_stream(const Element& element, Findings& findings, StreamUse use) {
  ElementReader reader(element, findings);
  Stream stream;
  stream.name = reader.text("name");
  stream.url = reader.text("url");
  const bool is_socket = stream.url.starts_with("wss://") || stream.url.starts_with("ws://");
  if (use != StreamUse::stop && !is_socket) {
    reader.invalid("url", 31922);
    stream.url.clear();
  }
  stream.track = reader.word(
      "track", "inbound_track", {"inbound_track", "outbound_track", "both_tracks"}, 31941
  );
  if (use == StreamUse::connect) stream.track = "inbound_track";
  stream.status_callback = reader.text("statusCallback");
  stream.status_callback_method = reader.method("statusCallbackMethod", 12200);
  reader.accept({"audioFormat", "sampleRate", "connectorName"});
  reader.report_unknown_attributes();
  read_parameters(element, findings, stream);
  return stream;
}

}  // namespace belfry::twiml
