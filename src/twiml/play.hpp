#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Play>`: keys first, then the file.
struct Play {
  std::string url;     // relative or absolute; may be empty when there are digits
  std::string digits;  // 0-9 A-D * #, w half a second, W a second
  std::uint32_t loop = 1;
};

enum class Nested { no, in_gather };

/// Findings: 13410 loop, 13430 digits, 12200 digits inside `<Gather>`, 13420 nothing to play.
Play read_play(const Element& element, Findings& findings, Nested nested = Nested::no);
/// At most 40 minutes. A file that cannot be had stops the document.
base::Task<Step> execute(const Play& play, Session& session);

}  // namespace belfry::twiml
