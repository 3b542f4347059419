#include "twiml/queue.hpp"

namespace belfry::twiml {

Queue read_queue(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Queue queue;
  queue.name = element.own_text();
  if (queue.name.empty() || queue.name.size() > 64)
    findings.warn(14212, "<Queue> needs a name of 1 to 64 characters");
  queue.url = reader.text("url");
  queue.method = reader.method("method", 14210);
  reader.accept({"reservationSid", "postWorkActivitySid"});
  reader.report_unknown_attributes();
  reader.report_children();
  return queue;
}

}  // namespace belfry::twiml
