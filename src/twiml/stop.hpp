#pragma once
#include "twiml/background.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Stop>`: ends background work that `<Start>` began.
struct Stop {
  std::vector<BackgroundNoun> nouns;
};

/// Findings: 14300 and those of the nouns.
Stop read_stop(const Element& element, Findings& findings);
base::Task<Step> execute(const Stop& stop, Session& session);

}  // namespace belfry::twiml
