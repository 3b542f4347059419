#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Hangup/>`: ends the leg; an unanswered one is answered first.
struct Hangup {};

Hangup read_hangup(const Element& element, Findings& findings);
base::Task<Step> execute(const Hangup& hangup, Session& session);

}  // namespace belfry::twiml
