#include "twiml/echo.hpp"

namespace belfry::twiml {

Echo read_echo(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

}  // namespace belfry::twiml
