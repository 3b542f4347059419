#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Echo/>`: plays back what it hears, for tests of browsers.
struct Echo {};

Echo read_echo(const Element& element, Findings& findings);
base::Task<Step> execute(const Echo& echo, Session& session);

}  // namespace belfry::twiml
