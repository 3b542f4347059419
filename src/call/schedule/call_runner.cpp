#include "call/schedule/call_runner.hpp"

#include "call/destination_policy.hpp"
#include "call/json_members.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

/// Beyond ringing and talking: what a recovery takes.
constexpr auto lease_reserve = 5min;

JobOutcome refused(std::string word, const std::string& reason) {
  JobOutcome outcome{.state = Job::State::failed, .word = std::move(word)};
  outcome.result["reason"] = reason;
  return outcome;
}

Job::State job_state(LegStatus status) {
  if (status == LegStatus::completed) return Job::State::done;
  return status == LegStatus::canceled ? Job::State::canceled : Job::State::failed;
}

}  // namespace

CallRunner::CallRunner(Switchboard& switchboard) : switchboard_(switchboard) {
  subscription_ = switchboard.services().feed.subscribe(
      [this](const LegRecord& leg, const EventRecord& /*event*/) {
        if (!is_final(leg.status)) return;
        const auto waiter = waiting_.extract(leg.sid);
        if (!waiter.empty()) waiter.mapped()(leg);
      }
  );
}

Task<Result<JobOutcome>> CallRunner::run(Claim& claim, CallTerms terms, std::string to) {
  const Variables variables = read_variables(object_member(claim.job().parameters, "variables"));
  auto party = Party::parse(to);
  if (!party) co_return refused("invalid", party.error().message);
  if (!claim.is_resumed()) {
    auto later = outside_hours(terms, *party);
    if (later) co_return std::move(*later);
  }
  PlaceCall call;
  call.to = std::move(*party);
  call.from = terms.from;
  call.account_sid = terms.account_sid;
  call.application = terms.application;
  call.program = terms.program_for(variables);
  call.status_callback = terms.status_callback;
  call.ring_timeout = terms.ring_timeout;
  call.max_duration = terms.max_duration;
  co_return co_await run(claim, std::move(call), std::move(terms.retry));
}

std::optional<JobOutcome> CallRunner::outside_hours(const CallTerms& terms, const Party& to) const {
  const DestinationPolicy* destinations = switchboard_.services().destinations;
  const bool is_paid = destinations == nullptr || destinations->is_paid(to);
  if (!terms.hours && !is_paid) return std::nullopt;
  const CallingHours hours = terms.hours.value_or(CallingHours());
  const auto opening = hours.opening(to.address, now());
  if (!opening) return refused("no-hours", "its time zones have no such hour in common");
  if (*opening <= now()) return std::nullopt;
  return JobOutcome{
      .state = Job::State::queued, .word = "outside-hours", .again = *opening, .counts = false
  };
}

Task<Result<JobOutcome>> CallRunner::run(Claim& claim, PlaceCall call, RetryPolicy retry) {
  std::string sid = text_member(claim.job().progress, "call_sid");
  if (sid.empty()) {
    sid = base::make_sid("CA", switchboard_.services().random);
    const auto longest = call.ring_timeout + call.max_duration + lease_reserve;
    call.sid = sid;
    call.along = claim.take(now() + longest, {{"call_sid", sid}});
    const auto placed = co_await switchboard_.place(std::move(call));
    if (!placed && placed.error().code == Errc::conflict) co_return base::fail(placed.error());
    if (!placed && placed.error().code == Errc::unavailable) co_return base::fail(placed.error());
    // Nothing was written: the claim is not taken, and its end is the first that the row hears.
    if (!placed) {
      claim.give_back();
      co_return refused("refused", placed.error().message);
    }
  }
  auto ended = co_await end_of(std::move(sid));
  if (!ended && ended.error().code == Errc::not_found)
    co_return refused("unknown", ended.error().message);
  if (!ended) co_return base::fail(ended.error());
  LegRecord leg = std::move(*ended);
  co_return co_await outcome_of(std::move(leg), claim.job().attempts, std::move(retry));
}

/// It may have ended before anybody asked; then its row says so.
Task<Result<LegRecord>> CallRunner::end_of(std::string sid) {
  Ended ended(switchboard_.services().loop);
  waiting_.insert_or_assign(sid, ended.resolver());
  auto stored = co_await switchboard_.services().journal.find_leg(sid);
  if (!stored) {
    waiting_.erase(sid);
    co_return base::fail(stored.error());
  }
  if (!*stored) {
    waiting_.erase(sid);
    co_return base::fail(Errc::not_found, "the call " + sid + " is gone");
  }
  if (is_final((*stored)->status)) {
    waiting_.erase(sid);
    co_return std::move(**stored);
  }
  LegRecord unfinished = std::move(**stored);
  switchboard_.take_up(std::move(unfinished));
  co_return co_await ended.wait();
}

Task<bool> CallRunner::was_lost_in_a_restart(std::string sid) {
  const auto events = co_await switchboard_.services().journal.events_of(std::move(sid));
  if (!events) co_return true;
  co_return std::ranges::any_of(*events, [](const EventRecord& event) {
    return text_member(event.data, "cause") == to_string(HangupCause::restart);
  });
}

Task<JobOutcome> CallRunner::outcome_of(LegRecord leg, int attempts, RetryPolicy retry) {
  const std::string word(to_string(leg.status));
  if (retry.wants_another(leg.status, attempts)) {
    const bool is_unknown = co_await was_lost_in_a_restart(leg.sid);
    if (!is_unknown)
      co_return JobOutcome{.state = Job::State::queued, .word = word, .again = now() + retry.delay};
  }
  JobOutcome outcome{.state = job_state(leg.status), .word = word};
  outcome.result = {
      {"call_sid", leg.sid},
      {"status", word},
      {"reason", leg.end_reason},
      {"duration_s", leg.duration_s(now()).value_or(0)},
      {"answered_by", leg.answered_by}
  };
  co_return outcome;
}

Task<Result<JobOutcome>> CallJobs::run(Claim& claim) {
  const base::json::object& asked = claim.job().parameters;
  auto terms = CallTerms::from_json(object_member(asked, "terms"));
  if (!terms) co_return refused("invalid", terms.error().message);
  std::string to = text_member(asked, "to");
  co_return co_await runner_.run(claim, std::move(*terms), std::move(to));
}

base::json::object CallJobs::parameters(
    const std::string& to, const CallTerms& terms, const Variables& variables
) {
  base::json::object value{{"to", to}, {"terms", terms.to_json()}};
  if (!variables.empty()) value["variables"] = to_json(variables);
  return value;
}

base::json::object to_json(const Variables& variables) {
  base::json::object value;
  for (const auto& [name, text] : variables) value[name] = text;
  return value;
}

Variables read_variables(const base::json::object& value) {
  Variables variables;
  for (const auto& [name, member] : value)
    if (member.is_string()) variables.emplace(name, member.as_string());
  return variables;
}

}  // namespace belfry::call::schedule
