#include "twiml/number.hpp"

namespace belfry::twiml {

namespace {

std::chrono::milliseconds read_ms(
    ElementReader& reader, std::string_view name, std::chrono::milliseconds fallback,
    std::uint32_t minimum, std::uint32_t maximum
) {
  const auto given = static_cast<std::uint32_t>(fallback.count());
  return std::chrono::milliseconds(reader.number(name, given, minimum, maximum, 12200));
}

call::MachineDetection read_detection(ElementReader& reader) {
  call::MachineDetection rules;
  const std::string mode =
      reader.word("machineDetection", "", {"", "Enable", "DetectMessageEnd"}, 12200);
  rules.mode = call::parse_detection_mode(mode).value_or(rules.mode);
  rules.timeout = reader.seconds("machineDetectionTimeout", 30, 3, 59, 12200);
  rules.speech_threshold =
      read_ms(reader, "machineDetectionSpeechThreshold", rules.speech_threshold, 1000, 6000);
  rules.speech_end_threshold =
      read_ms(reader, "machineDetectionSpeechEndThreshold", rules.speech_end_threshold, 500, 5000);
  rules.silence_timeout =
      read_ms(reader, "machineDetectionSilenceTimeout", rules.silence_timeout, 2000, 10'000);
  rules.in_background = true;  // the two are joined meanwhile
  rules.callback_url = reader.text("amdStatusCallback");
  rules.callback_method = reader.method("amdStatusCallbackMethod", 12200);
  return rules;
}

}  // namespace

NounOptions read_noun_options(ElementReader& reader, int method_code) {
  NounOptions options;
  options.url = reader.text("url");
  options.method = reader.method("method", method_code);
  options.status_callback = read_noun_callback(reader);
  options.detection = read_detection(reader);
  reader.accept({"byoc"});
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
