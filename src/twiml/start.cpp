#include "twiml/start.hpp"

namespace belfry::twiml {

Start read_start(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Start start;
  start.action = reader.optional_text("action");
  start.method = reader.method("method", 12200);
  reader.report_unknown_attributes();
  start.nouns = read_background_nouns(element, findings, StreamUse::start);
  return start;
}

}  // namespace belfry::twiml
