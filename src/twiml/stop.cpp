#include "twiml/stop.hpp"

namespace belfry::twiml {

Stop read_stop(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  Stop stop;
  stop.nouns = read_background_nouns(element, findings, StreamUse::stop);
  return stop;
}

}  // namespace belfry::twiml
