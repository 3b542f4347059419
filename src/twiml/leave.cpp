#include "twiml/leave.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {

Leave read_leave(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

base::Task<Step> execute(const Leave&, Session& session) {
  if (session.kind() != DocumentKind::queue_wait) {
    session.warn(12200, "<Leave> means nothing outside of a queue");
    co_return NextVerb{};
  }
  co_return LeftQueue{};
}

}  // namespace belfry::twiml
