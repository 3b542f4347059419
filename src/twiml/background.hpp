#pragma once
#include <variant>

#include "twiml/recording.hpp"
#include "twiml/siprec.hpp"
#include "twiml/stream.hpp"
#include "twiml/transcription.hpp"

namespace belfry::twiml {

/// What `<Start>` starts and `<Stop>` ends.
using BackgroundNoun = std::variant<Stream, Recording, Siprec, Transcription>;

/// Findings: 14300 for a noun that is not available or none at all.
std::vector<BackgroundNoun> read_background_nouns(
    const Element& element, Findings& findings, StreamUse use
);

}  // namespace belfry::twiml
