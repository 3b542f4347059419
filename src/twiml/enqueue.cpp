#include "twiml/enqueue.hpp"

#include "twiml/callbacks.hpp"
#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

Enqueue read_enqueue(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Enqueue enqueue;
  if (!reader.text("workflowSid").empty()) reader.invalid("workflowSid", 14226, Severity::error);
  enqueue.name = element.own_text();
  if (enqueue.name.empty()) findings.warn(14204, "<Enqueue> needs the name of a queue");
  if (enqueue.name.size() > 64) findings.warn(14205, "a queue's name has at most 64 characters");
  enqueue.action = reader.optional_text("action");
  enqueue.method = reader.method("method", 14201);
  enqueue.wait_url = reader.optional_text("waitUrl");
  enqueue.wait_url_method = reader.method("waitUrlMethod", 14206);
  enqueue.max_queue_size = reader.number("maxQueueSize", 1000, 1, 5000, 12200);
  reader.report_unknown_attributes();
  for (const Element& child : element.children)
    if (!child.is_text()) report_misplaced(child, element, findings, 12200);
  return enqueue;
}

base::Task<Step> execute(const Enqueue&, Session& session) {
  return skip("Enqueue", Answers::yes, session);
}

}  // namespace belfry::twiml
