#include "twiml/redirect.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {

Redirect read_redirect(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Redirect redirect{.url = element.own_text(), .method = reader.method("method", 13710)};
  reader.report_unknown_attributes();
  reader.report_children();
  return redirect;
}

base::Task<Step> execute(const Redirect& redirect, Session& session) {
  co_return session.transfer(redirect.url, redirect.method, Session::Purpose::document);
}

}  // namespace belfry::twiml
