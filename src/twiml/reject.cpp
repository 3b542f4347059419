#include "twiml/reject.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {

Reject read_reject(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Reject reject;
  if (reader.word("reason", "rejected", {"rejected", "busy"}, 13810) == "busy")
    reject.reason = Reject::Reason::busy;
  reader.report_unknown_attributes();
  reader.report_children();
  return reject;
}

base::Task<Step> execute(const Reject& reject, Session& session) {
  const bool busy = reject.reason == Reject::Reason::busy;
  const auto refusal = busy ? call::HangupCause::busy : call::HangupCause::rejected;
  const bool refuses = session.may_stay_unanswered();
  session.voice().hang_up(
      refuses ? refusal : call::HangupCause::normal, refuses ? "rejected by its document" : ""
  );
  co_return HungUp{};
}

}  // namespace belfry::twiml
