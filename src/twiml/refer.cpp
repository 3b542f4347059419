#include "twiml/refer.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

Refer read_refer(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Refer refer;
  refer.action = reader.optional_text("action");
  refer.method = reader.method("method", 13210);
  reader.report_unknown_attributes();
  bool found = false;
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "Sip" && !found) {
      refer.target = read_sip(child, findings);
      found = true;
    } else {
      report_misplaced(child, element, findings, 12200);
    }
  }
  if (!found) findings.warn(13243, "<Refer> needs a <Sip>");
  return refer;
}

base::Task<Step> execute(const Refer&, Session& session) {
  return skip("Refer", Answers::no, session);
}

}  // namespace belfry::twiml
