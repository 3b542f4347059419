#include "twiml/leave.hpp"

namespace belfry::twiml {

Leave read_leave(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

}  // namespace belfry::twiml
