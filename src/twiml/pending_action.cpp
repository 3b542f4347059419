#include "twiml/pending_action.hpp"

#include "call/form_delivery.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"
#include "twiml/parameters.hpp"

namespace belfry::twiml {

PendingAction::~PendingAction() {
  call::Leg* leg = session_.voice().leg();
  if (concluded_ || !url_ || leg == nullptr) return;
  if (const auto results = cut_off_(leg->ended())) post(*results);
}

Step PendingAction::conclude(call::FormFields results) {
  concluded_ = true;
  if (!url_) return NextVerb{};
  return session_.transfer(url_, method_, Session::Purpose::action, std::move(results));
}

void PendingAction::post(const call::FormFields& results) {
  const auto url = url_->empty() ? base::Result<std::string>(session_.current().url)
                                 : session_.resolve(*url_);
  if (!url || url->empty()) return;
  call::Leg& leg = *session_.voice().leg();
  call::Services& services = leg.services();
  call::FormFields form = standard_parameters(leg.record());
  form.insert(form.end(), results.begin(), results.end());
  call::CallbackAddress to{.url = *url, .method = method_, .events = {}};
  to.own_application = session_.is_own(*url);
  call::Changes changes;
  changes.deliveries.push_back(call::make_form_delivery(
      to, "action", leg.sid() + ".action", form, services.random, services.loop.wall_now()
  ));
  services.journal.commit_later(std::move(changes));
  services.outbox.wake();
}

}  // namespace belfry::twiml
