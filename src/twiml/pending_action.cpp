#include "twiml/pending_action.hpp"

#include "call/form_delivery.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"
#include "call/services.hpp"
#include "twiml/parameters.hpp"

namespace belfry::twiml {

PendingAction::PendingAction(
    Session& session, std::optional<std::string> url, std::string method, CutOff cut_off
)
    : session_(session),
      url_(std::move(url)),
      method_(std::move(method)),
      cut_off_(std::move(cut_off)) {
  if (call::Leg* leg = session_.voice().leg())
    last_word_.emplace(*leg, [this](const call::LegRecord& ended, call::Changes& changes) {
      settle(ended, true, changes);
    });
}

PendingAction::~PendingAction() {
  call::Leg* leg = session_.voice().leg();
  if (concluded_ || leg == nullptr) return;
  call::Changes changes;
  settle(leg->record(), leg->ended(), changes);
  if (changes.empty()) return;
  leg->services().journal.commit_later(std::move(changes));
  leg->services().outbox.wake();
}

Step PendingAction::conclude(call::FormFields results) {
  concluded_ = true;
  if (!url_) return NextVerb{};
  return session_.transfer(url_, method_, Session::Purpose::action, std::move(results));
}

void PendingAction::settle(const call::LegRecord& leg, bool leg_ended, call::Changes& changes) {
  if (std::exchange(concluded_, true) || !url_) return;
  const auto results = cut_off_(leg_ended);
  if (!results) return;
  const auto url =
      url_->empty() ? base::Result<std::string>(session_.current().url) : session_.resolve(*url_);
  if (!url || url->empty()) return;
  call::Services& services = session_.voice().leg()->services();
  call::FormFields form = standard_parameters(leg);
  form.insert(form.end(), results->begin(), results->end());
  call::CallbackAddress to{.url = *url, .method = method_, .events = {}};
  to.own_application = session_.is_own(*url);
  changes.deliveries.push_back(call::make_form_delivery(
      leg.account_sid, to, "action", leg.sid, form, services.random, services.loop.wall_now()
  ));
}

}  // namespace belfry::twiml
