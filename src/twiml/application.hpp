#pragma once
#include "twiml/number.hpp"

namespace belfry::twiml {

/// `<Application>` in `<Dial>`: runs an application's voice URL on a child leg.
struct Application {
  std::string sid;
  bool copy_parent_to = false;
  std::string customer_id;
  std::vector<Parameter> parameters;
  NounOptions options;
};

/// Findings: 13221 method, 12200 for a SID that is none.
Application read_application(const Element& element, Findings& findings);

}  // namespace belfry::twiml
