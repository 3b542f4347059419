#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Pause>`: silence; as the first verb of an unanswered call it lets it ring.
struct Pause {
  std::chrono::seconds length{1};  // at most 180 (rule W3)
};

/// Findings: 13910.
Pause read_pause(const Element& element, Findings& findings);
base::Task<Step> execute(const Pause& pause, Session& session);

}  // namespace belfry::twiml
