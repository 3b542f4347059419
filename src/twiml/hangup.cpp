#include "twiml/hangup.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {

Hangup read_hangup(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

base::Task<Step> execute(const Hangup&, Session& session) {
  const bool alive = co_await session.answer();
  if (alive) session.voice().hang_up(call::HangupCause::normal, "");
  co_return HungUp{};
}

}  // namespace belfry::twiml
