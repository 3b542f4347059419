#include "twiml/echo.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

Echo read_echo(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

base::Task<Step> execute(const Echo&, Session& session) {
  return skip("Echo", Answers::yes, session);
}

}  // namespace belfry::twiml
