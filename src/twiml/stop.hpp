#pragma once
#include "twiml/background.hpp"

namespace belfry::twiml {

/// `<Stop>`: ends background work that `<Start>` began.
struct Stop {
  std::vector<BackgroundNoun> nouns;
};

/// Findings: 14300 and those of the nouns.
Stop read_stop(const Element& element, Findings& findings);

}  // namespace belfry::twiml
