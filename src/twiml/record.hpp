#pragma once
#include "twiml/callbacks.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Record>`: records the caller after a beep.
struct Record {
  std::optional<std::string> action;  // absent: the current document
  std::string method = "POST";
  std::chrono::seconds timeout{5};  // of silence; 0: never
  std::string finish_on_key = "1234567890*#";
  std::chrono::seconds max_length{3600};
  bool play_beep = true;
  bool trim_silence = true;
  EventCallback recording_callback;
  bool transcribe = false;
  std::string transcribe_callback;
};

/// Findings: 13610 … 13617, 13699, 13256; 13621 stops the document.
Record read_record(const Element& element, Findings& findings);
base::Task<Step> execute(const Record& record, Session& session);

}  // namespace belfry::twiml
