#include "twiml/sms.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

Sms read_sms(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Sms sms;
  sms.to = reader.text("to");
  sms.from = reader.text("from");
  sms.action = reader.optional_text("action");
  sms.method = reader.method("method", 14104);
  sms.status_callback = reader.text("statusCallback");
  sms.body = element.own_text();
  if (sms.body.empty()) findings.warn(14103, "<Sms> has no text");
  reader.report_unknown_attributes();
  reader.report_children();
  return sms;
}

base::Task<Step> execute(const Sms&, Session& session) {
  return skip("Sms", Answers::no, session);
}

}  // namespace belfry::twiml
