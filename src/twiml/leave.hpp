#pragma once
#include "twiml/element_reader.hpp"

namespace belfry::twiml {

/// `<Leave/>`: leaves the queue; means nothing outside the document of a `waitUrl`.
struct Leave {};

Leave read_leave(const Element& element, Findings& findings);

}  // namespace belfry::twiml
