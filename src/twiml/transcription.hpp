#pragma once
#include "twiml/callbacks.hpp"
#include "twiml/live_transcriptions.hpp"

namespace belfry::twiml {

class Session;

/// `<Transcription>` in `<Start>` and `<Stop>`.
struct Transcription {
  TranscriptionOrder order;  // its callback's URL as the document has it
};

/// Hints as `<Gather>` and `<Transcription>` have them: separated by commas.
std::vector<std::string> split_hints(std::string_view hints);

/// Findings: 12200, 14300. What there is one of here (engine, speech model) is accepted.
Transcription read_transcription(const Element& element, Findings& findings);

/// `<Start>`: in the background, on a leg that has been answered. What is wrong is a warning of the
/// timeline.
void start_transcription(const Transcription& transcription, Session& session);
/// `<Stop>`: ends the one of that name.
void stop_transcription(const Transcription& transcription, Session& session);

}  // namespace belfry::twiml
