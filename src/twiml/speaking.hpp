#pragma once
#include "twiml/session.hpp"
#include "twiml/ssml.hpp"

namespace belfry::twiml {

/// Speaks the pieces one after the other; while one is heard the next is synthesised, no more than
/// one at a time (rule W2). A piece that cannot be synthesised is a warning and skipped.
/// @return whether anything was heard.
base::Task<bool> speak(std::vector<SpeechPiece> pieces, Session& session);

}  // namespace belfry::twiml
