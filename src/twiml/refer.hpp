#pragma once
#include "twiml/sip.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Refer>`: asks a SIP party to call somebody else; the leg then leaves us.
struct Refer {
  std::optional<std::string> action;
  std::string method = "POST";
  Sip target;  // its URI is empty when there was none
};

/// Findings: 13210 method, 13243 no target.
Refer read_refer(const Element& element, Findings& findings);
base::Task<Step> execute(const Refer& refer, Session& session);

}  // namespace belfry::twiml
