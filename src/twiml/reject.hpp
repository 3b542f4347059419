#pragma once
#include "twiml/element_reader.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Reject>`: turns an unanswered inbound call away as the first verb; elsewhere it hangs up.
struct Reject {
  enum class Reason { rejected, busy } reason = Reason::rejected;
};

/// Findings: 13810.
Reject read_reject(const Element& element, Findings& findings);
base::Task<Step> execute(const Reject& reject, Session& session);

}  // namespace belfry::twiml
