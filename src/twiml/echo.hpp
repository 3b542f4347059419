#pragma once
#include "twiml/element_reader.hpp"

namespace belfry::twiml {

/// `<Echo/>`: plays back what it hears, for tests of browsers.
struct Echo {};

Echo read_echo(const Element& element, Findings& findings);

}  // namespace belfry::twiml
