#include "twiml/start.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

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

base::Task<Step> execute(const Start&, Session& session) {
  return skip("Start", Answers::yes, session);
}

}  // namespace belfry::twiml
