#include "twiml/leave.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

Leave read_leave(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

base::Task<Step> execute(const Leave&, Session& session) {
  return skip("Leave", Answers::no, session);
}

}  // namespace belfry::twiml
