#include "twiml/application.hpp"

#include "base/ids.hpp"

namespace belfry::twiml {

Application read_application(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Application application;
  application.sid = element.own_text();
  application.copy_parent_to = reader.flag("copyParentTo", false, 12200);
  application.customer_id = reader.text("customerId");
  application.options = read_noun_options(reader, 13221);
  reader.report_unknown_attributes();
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "ApplicationSid") {
      application.sid = child.own_text();
    } else if (child.name == "Parameter") {
      read_parameter(child, findings, application.parameters);
    } else {
      report_misplaced(child, element, findings, 12200);
    }
  }
  if (!base::is_sid(application.sid, "AP")) {
    findings.warn(12200, "<Application> needs the SID of an application");
    application.sid.clear();
  }
  return application;
}

}  // namespace belfry::twiml
