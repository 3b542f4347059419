#pragma once
#include "twiml/callbacks.hpp"

namespace belfry::twiml {

/// `<Conference>` in `<Dial>`.
struct Conference {
  std::string name;
  bool muted = false;
  std::string beep = "true";  // true, false, onEnter, onExit
  bool start_on_enter = true;
  bool end_on_exit = false;
  std::string participant_label;
  std::string jitter_buffer_size = "large";
  std::optional<std::string> wait_url;  // absent: built-in music; empty: silence
  std::string wait_method = "POST";
  std::uint32_t max_participants = 250;
  bool record_from_start = false;
  bool trim_silence = true;
  std::string coach;  // call SID
  EventCallback status_callback;
  EventCallback recording_callback;
  std::string event_callback_url;
};

/// Findings: 13230 … 13237; 13231, 13239, 13240 and 16023 stop the document.
Conference read_conference(const Element& element, Findings& findings);

}  // namespace belfry::twiml
