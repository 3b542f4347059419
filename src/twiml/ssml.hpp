#pragma once
#include <vector>

#include "base/time.hpp"
#include "call/speech.hpp"
#include "twiml/say.hpp"

namespace belfry::twiml {

/// One thing to say, or (without text) only a pause.
struct SpeechPiece {
  call::Utterance utterance;
  base::Duration pause_after{};
};

/// Turns the text and SSML children of `<Say>` into sentences for a synthesiser that knows no SSML:
/// break, prosody rate, say-as (characters, spell-out, digits, telephone, ordinal, expletive), sub,
/// lang, p, s; of everything else the text is spoken. At most 4,096 characters.
std::vector<SpeechPiece> flatten(const Say& say, std::string_view default_voice);

/// All that `flatten` would speak, of any length.
std::string spoken_text(const Element& content);

}  // namespace belfry::twiml
