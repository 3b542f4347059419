#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Say>`: speaks text, sentence by sentence, so that the first is heard while the next is made.
struct Say {
  std::string voice;  // empty: the account's default
  std::string language = "en-US";
  std::uint32_t loop = 1;
  Element content;  // its text and SSML children
};

inline constexpr std::size_t max_say_characters = 4096;
inline constexpr std::uint32_t endless_loop = 1000;  // what `loop="0"` means (rule W3)

/// Findings: 13510 loop, 13511 voice, 13512 language, 13520 no text, 13521 cut at 4,096 characters.
Say read_say(const Element& element, Findings& findings);
base::Task<Step> execute(const Say& say, Session& session);

}  // namespace belfry::twiml
