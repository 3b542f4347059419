#include "twiml/callbacks.hpp"

#include "base/text.hpp"

namespace belfry::twiml {

EventCallback read_noun_callback(ElementReader& reader) {
  EventCallback callback;
  callback.url = reader.text("statusCallback");
  callback.method = reader.method("statusCallbackMethod", 13221);
  callback.events = reader.words(
      "statusCallbackEvent", {"completed"}, {"initiated", "ringing", "answered", "completed"}, 12200
  );
  return callback;
}

EventCallback read_recording_callback(ElementReader& reader) {
  EventCallback callback;
  callback.url = reader.text("recordingStatusCallback");
  callback.method = reader.method("recordingStatusCallbackMethod", 13256);
  callback.events = reader.words(
      "recordingStatusCallbackEvent", {"completed"}, {"in-progress", "completed", "absent"}, 13621,
      Severity::error
  );
  return callback;
}

void read_parameter(const Element& element, Findings& findings, std::vector<Parameter>& into) {
  ElementReader reader(element, findings);
  Parameter parameter{.name = reader.text("name"), .value = reader.text("value")};
  reader.report_unknown_attributes();
  if (parameter.name.empty()) return reader.invalid("name", 12200);
  for (Parameter& known : into)
    if (known.name == parameter.name) {
      known.value = std::move(parameter.value);
      return;
    }
  into.push_back(std::move(parameter));
}

std::vector<Parameter> read_limited_parameters(const Element& element, Findings& findings) {
  std::vector<Parameter> parameters;
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "Parameter") {
      read_parameter(child, findings, parameters);
    } else {
      report_misplaced(child, element, findings, 12200);
    }
  }
  const auto removed = std::erase_if(parameters, [](const Parameter& parameter) {
    return parameter.name.size() + parameter.value.size() > 500;
  });
  if (removed > 0) findings.warn(12200, "a <Parameter> has more than 500 characters");
  return parameters;
}

void report_misplaced(const Element& child, const Element& parent, Findings& findings, int code) {
  findings.warn(
      code, "<" + std::string(base::truncate_utf8(child.name, 60)) + "> is not allowed in <" +
                parent.name + ">"
  );
}

}  // namespace belfry::twiml
