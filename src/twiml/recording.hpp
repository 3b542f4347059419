#pragma once
#include "twiml/callbacks.hpp"

namespace belfry::twiml {

/// `<Recording>` in `<Start>` and `<Stop>`.
struct Recording {
  bool dual_channel = false;
  std::string track = "both";
  bool trim_silence = false;
  EventCallback recording_callback;
};

/// Findings: 12200, 13699 trim; 13621 stops the document.
Recording read_recording_noun(const Element& element, Findings& findings);

}  // namespace belfry::twiml
