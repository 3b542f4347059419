#include "call/dialing_group.hpp"

namespace belfry::call {
namespace {

/// Of a SIP dialog's snapshot.
NamedValues answer_headers(const base::json::object& state) {
  NamedValues headers;
  const auto* stored = state.if_contains("answer_headers");
  if (stored == nullptr || !stored->is_array()) return headers;
  for (const base::json::value& one : stored->get_array()) {
    const auto* pair = one.if_array();
    if (pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string())
      headers.emplace_back((*pair)[0].get_string(), (*pair)[1].get_string());
  }
  return headers;
}

}  // namespace

DialingGroup::DialingGroup(Leg& caller, std::vector<PlaceCall> targets, Order order, Host& host)
    : caller_(caller),
      targets_(std::move(targets)),
      order_(order),
      host_(host),
      children_(targets_.size()),
      known_(targets_.size()),
      outcomes_(caller.loop()),
      tasks_(caller.loop()) {}

DialingGroup::~DialingGroup() = default;

base::Task<DialingGroup::Outcome> DialingGroup::run() {
  std::size_t next = 0;
  std::size_t waiting = 0;
  Outcome result;
  while (true) {
    const bool may_start = order_ == Order::together || waiting == 0;
    if (next < targets_.size() && may_start) {
      start(next++);
      ++waiting;
      continue;
    }
    if (waiting == 0) co_return result;
    Outcome outcome = co_await outcomes_.pop();
    --waiting;
    if (outcome.accepted || outcome.redirected) {
      drop_all_but(outcome.target);
      co_return outcome;
    }
    if (outcome.answered || !result.answered) result = std::move(outcome);
  }
}

void DialingGroup::start(std::size_t target) {
  host_.on_trying(target);
  auto placed = caller_.services().switchboard->place_child(targets_[target]);
  if (!placed) {
    Outcome failed{.target = target};
    failed.ending = {HangupCause::overload, 503, placed.error().message};
    outcomes_.push(std::move(failed));
    return;
  }
  children_[target].emplace(*caller_.services().switchboard, std::move(*placed));
  tasks_.spawn(follow(target));
  tasks_.spawn(tell_ringing(target));
  tasks_.spawn(tell_early_media(target));
}

base::Task<void> DialingGroup::tell_ringing(std::size_t target) {
  const auto milestones = children_[target]->milestones();
  co_await milestones->rang.wait();
  if (Leg* child = find(target)) host_.on_ringing(target, *child);
}

base::Task<void> DialingGroup::tell_early_media(std::size_t target) {
  const auto milestones = children_[target]->milestones();
  co_await milestones->early_media.wait();
  Leg* child = find(target);
  if (child != nullptr && !child->answered()) host_.on_early_media(target, *child);
}

base::Task<void> DialingGroup::follow(std::size_t target) {
  const auto milestones = children_[target]->milestones();
  co_await milestones->prepared.wait();
  bool accepted = false;
  if (Leg* child = find(target)) {
    remember(target);
    base::Task<bool> screening = host_.screen(target, *child);
    base::Task<bool> guarded = unless_gone(std::move(screening), milestones);
    accepted = co_await std::move(guarded);
  }
  Leg* child = find(target);
  if (child != nullptr && !accepted) child->hang_up(HangupCause::normal, "refused");
  if (!children_[target]) co_return;  // another one was taken
  Outcome outcome = outcome_of(target);
  outcome.accepted = accepted && child != nullptr;
  outcomes_.push(std::move(outcome));
}

base::Task<bool> DialingGroup::unless_gone(
    base::Task<bool> screening, std::shared_ptr<Leg::Milestones> milestones
) {
  base::Task<void> gone = until_gone(caller_.loop(), std::move(milestones));
  auto first = co_await base::race(caller_.loop(), std::move(screening), std::move(gone));
  if (first.index() == 1) co_return false;
  co_return std::get<0>(first);
}

/// One that lives and that we drive.
Leg* DialingGroup::find(std::size_t target) const {
  const auto& child = children_[target];
  return child && !child->drives_itself() ? child->find() : nullptr;
}

void DialingGroup::remember(std::size_t target) {
  const LegRecord& record = find(target)->record();
  known_[target].answered_at = record.answered;
  if (!record.attempt) return;
  known_[target].sip_headers = answer_headers(record.attempt->state);
  const auto* dialog = base::json::find(record.attempt->state, "dialog");
  if (dialog == nullptr) return;
  if (const auto* call_id = base::json::find_string(*dialog, "call_id"))
    known_[target].sip_call_id = *call_id;
}

DialingGroup::Outcome DialingGroup::outcome_of(std::size_t target) const {
  const ChildLeg& child = *children_[target];
  const Leg::Milestones& milestones = *child.milestones();
  Outcome outcome = known_[target];
  outcome.target = target;
  outcome.sid = child.sid();
  outcome.answered = milestones.was_answered;
  outcome.redirected = milestones.redirected.is_set();
  outcome.status = LegStatus::completed;
  if (milestones.over.is_set()) {
    outcome.ending = milestones.ending;
    if (!outcome.answered) outcome.sip_headers = milestones.ending.headers;
    outcome.status = final_status(milestones.ending.cause, milestones.was_answered);
  }
  return outcome;
}

void DialingGroup::drop_all_but(std::size_t target) {
  tasks_.cancel();
  for (std::size_t other = 0; other < children_.size(); ++other)
    if (other != target) children_[other].reset();
}

}  // namespace belfry::call
