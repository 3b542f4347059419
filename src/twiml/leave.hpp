#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Leave/>`: leaves the queue; means nothing outside the document of a `waitUrl`.
struct Leave {};

Leave read_leave(const Element& element, Findings& findings);
base::Task<Step> execute(const Leave& leave, Session& session);

}  // namespace belfry::twiml
