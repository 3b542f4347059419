// How an outbound leg finds its party: the routes of the dial plan, one after the other.
#include "base/log.hpp"
#include "call/leg.hpp"
#include "call/services.hpp"

namespace belfry::call {
namespace {

/// The next route may do better: the carrier failed, the party was not reached.
bool is_worth_another_route(const Ending& ending) {
  return ending.cause == HangupCause::failed || ending.cause == HangupCause::overload;
}

Ending to_ending(const base::Error& error) {
  switch (error.code) {
    case base::Errc::not_found:
      return {HangupCause::unreachable, 404, error.message};
    case base::Errc::unavailable:
      return {HangupCause::overload, 503, error.message};
    case base::Errc::invalid_argument:
    case base::Errc::malformed:
    case base::Errc::unsupported:
    case base::Errc::conflict:
    case base::Errc::timed_out:
    case base::Errc::refused:
    case base::Errc::too_large:
    case base::Errc::unauthorized:
    case base::Errc::forbidden:
    case base::Errc::io:
    case base::Errc::cancelled:
    case base::Errc::internal:
      return {HangupCause::failed, 500, error.message};
  }
  return {HangupCause::failed, 500, error.message};
}

}  // namespace

base::Task<void> Leg::run_outbound() {
  const auto party = Party::parse(record_.to);
  std::vector<DialPlan::Choice> choices;
  if (party) choices = services_.dial_plan.choose(*party, services_.random);
  Ending last{HangupCause::unreachable, 404, "no route to " + record_.to};
  if (party && party->kind == Party::Kind::client)
    last = {HangupCause::no_answer, 480, "no device of " + record_.to + " is registered"};
  for (const DialPlan::Choice& choice : choices) {
    const AttemptOutcome outcome = co_await try_route(*choice.carrier, choice.caller_id);
    if (!outcome) {
      start_program();
      co_return;
    }
    last = *outcome;
    if (!is_worth_another_route(last) || is_ringing()) break;
    note("route.failed", {{"carrier", choice.carrier->name()}, {"reason", last.detail}});
  }
  finish(std::move(last));
}

base::Task<Leg::AttemptOutcome> Leg::try_route(Carrier& carrier, std::string caller_id) {
  Attempt attempt;
  attempt.id = base::make_uuid(services_.random);
  attempt.leg_sid = record_.sid;
  attempt.carrier = carrier.name();
  attempt.caller = caller_id.empty() ? record_.from : std::move(caller_id);
  attempt.started = services_.loop.wall_now();
  attempt.terms = record_.party_terms;
  record_.attempt = std::move(attempt);
  if (auto opened = open_endpoint(); !opened) co_return to_ending(opened.error());

  // Rule R3: the attempt is on disk before its first packet leaves.
  Changes changes;
  changes.events.push_back(make_event("call.attempt", {{"carrier", carrier.name()}}));
  changes.legs.push_back(record_);
  const EventRecord event = changes.events.front();
  const base::Result<> stored = co_await services_.journal.commit(std::move(changes));
  if (!stored) co_return to_ending(stored.error());
  services_.feed.publish(record_, event);

  if (record_.status == LegStatus::queued) enter(LegStatus::initiated);
  start_timer(ring_timer_, record_.ring_timeout, HangupCause::no_answer);
  endpoint_->dial();
  co_return co_await attempt_outcomes_.pop();
}

base::Task<void> Leg::run_resumed() {
  if (const auto opened = open_endpoint(); !opened) {
    finish(to_ending(opened.error()));
    co_return;
  }
  note("call.resumed", {});
  // The crash may have come between the attempt and the status that tells of it.
  if (record_.status == LegStatus::queued) enter(LegStatus::initiated);
  start_timer(ring_timer_, record_.ring_timeout, HangupCause::no_answer);
  endpoint_->dial();
  AttemptOutcome outcome = co_await attempt_outcomes_.pop();
  if (outcome) {
    finish(std::move(*outcome));
  } else {
    start_program();
  }
}

base::Result<> Leg::open_endpoint() {
  const auto party = Party::parse(record_.to);
  if (!party || !record_.attempt)
    return base::fail(base::Errc::internal, "a leg without party or attempt");
  Carrier* carrier = services_.dial_plan.carrier(record_.attempt->carrier);
  if (carrier == nullptr) {
    return base::fail(
        base::Errc::not_found, "there is no carrier " + record_.attempt->carrier + " any more"
    );
  }
  auto opened = carrier->open(*party, *record_.attempt, *this);
  if (!opened) return base::fail(opened.error());
  endpoint_ = std::move(*opened);
  record_.endpoint = endpoint_->kind();
  if (record_.attempt->state.empty()) record_.attempt->state = endpoint_->initial_state();
  attach_seat();
  return {};
}

}  // namespace belfry::call
