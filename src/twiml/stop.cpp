#include "twiml/stop.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {

Stop read_stop(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  Stop stop;
  stop.nouns = read_background_nouns(element, findings, StreamUse::stop);
  return stop;
}

base::Task<Step> execute(const Stop&, Session& session) {
  return skip("Stop", Answers::yes, session);
}

}  // namespace belfry::twiml
