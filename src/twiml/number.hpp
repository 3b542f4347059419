#pragma once
#include "call/machine_detection.hpp"
#include "twiml/callbacks.hpp"

namespace belfry::twiml {

/// What every dialled noun may say about its child leg.
struct NounOptions {
  std::string url;  // whisper: a document for the child before the bridge
  std::string method = "POST";
  EventCallback status_callback;
  call::MachineDetection detection;  // in the background; its callback as written
};

/// `<Number>` in `<Dial>`, also the text directly in `<Dial>`.
struct Number {
  std::string number;       // as written, blanks and punctuation removed
  std::string send_digits;  // after the answer, before the whisper
  NounOptions options;
};

/// Wrong values of machineDetection… are 12200.
NounOptions read_noun_options(ElementReader& reader, int method_code);
/// Findings: 13221 method, 13222 sendDigits, 13223 number.
Number read_number(const Element& element, Findings& findings);
/// The digits of a number as people write it; empty when it is none (13223).
std::string clean_number(std::string_view text);

}  // namespace belfry::twiml
