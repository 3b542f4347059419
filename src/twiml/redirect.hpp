#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Redirect>`: goes on with another document; does not answer.
struct Redirect {
  std::string url;  // empty: the current document
  std::string method = "POST";
};

/// Findings: 13710.
Redirect read_redirect(const Element& element, Findings& findings);
base::Task<Step> execute(const Redirect& redirect, Session& session);

}  // namespace belfry::twiml
