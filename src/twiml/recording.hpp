#pragma once
#include "call/recordings.hpp"
#include "twiml/callbacks.hpp"

namespace belfry::twiml {

class Session;

/// `<Recording>` in `<Start>` and `<Stop>`.
struct Recording {
  bool dual_channel = false;
  std::string track = "both";
  bool trim_silence = false;
  EventCallback recording_callback;
};

/// Findings: 12200, 13699 trim; 13621 stops the document.
Recording read_recording_noun(const Element& element, Findings& findings);

/// `<Start>`: records the leg, which has been answered, in the background until it ends or is
/// stopped. What is wrong is a warning of the timeline.
void start_recording(const Recording& recording, Session& session);
/// `<Stop>`: ends the recording that `<Start>` began last.
void stop_recording(const Recording& recording, Session& session);

/// The words of a document as an order. The callback's URL is resolved; one that cannot be is a
/// warning 13256, and nobody is told.
call::RecordingOrder recording_order(
    bool dual_channel, std::string_view track, bool trim_silence, const EventCallback& callback,
    Session& session
);

}  // namespace belfry::twiml
