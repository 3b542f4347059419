#include "twiml/number.hpp"

namespace belfry::twiml {

NounOptions read_noun_options(ElementReader& reader, int method_code) {
  NounOptions options;
  options.url = reader.text("url");
  options.method = reader.method("method", method_code);
  options.status_callback = read_noun_callback(reader);
  reader.accept(
      {"machineDetection", "machineDetectionTimeout", "machineDetectionSpeechThreshold",
       "machineDetectionSpeechEndThreshold", "machineDetectionSilenceTimeout", "amdStatusCallback",
       "amdStatusCallbackMethod", "byoc"}
  );
  return options;
}

std::string clean_number(std::string_view text) {
  std::string number;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')') continue;
    const bool dialable = (c >= '0' && c <= '9') || c == '*' || c == '#';
    if (!dialable && (c != '+' || !number.empty())) return {};
    number += c;
  }
  const auto digits = number.starts_with('+') ? number.size() - 1 : number.size();
  return digits >= 1 && digits <= 15 ? number : std::string();
}

Number read_number(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Number number;
  number.number = clean_number(element.own_text());
  if (number.number.empty())
    findings.warn(13223, "<Number> holds no telephone number: \"" + element.own_text() + "\"");
  number.send_digits = reader.text("sendDigits");
  if (number.send_digits.find_first_not_of("0123456789ABCDabcd*#wW") != std::string::npos) {
    reader.invalid("sendDigits", 13222);
    number.send_digits.clear();
  }
  number.options = read_noun_options(reader, 13221);
  reader.report_unknown_attributes();
  reader.report_children();
  return number;
}

}  // namespace belfry::twiml
