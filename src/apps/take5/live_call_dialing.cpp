// How the participants of a call are rung, and what has become of them after a restart.
#include <algorithm>

#include "apps/take5/live_call.hpp"
#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Result;
using base::Task;
using call::HangupCause;
using call::LegStatus;

constexpr base::Duration line_wait = 2s;  // until it is asked again whether a line is free
constexpr int over_a_cap = 20429;         // of the account (rule F2)
/// How late somebody may still be rung for a call that a crash has interrupted (rule R4).
constexpr std::chrono::seconds latest_ring = 10min;

std::string tag_of(const std::string& call, const std::string& participant) {
  return call + "/" + participant;
}

/// Something may yet become of it.
bool is_waited_for(const Participant& participant) {
  return participant.is_active() || participant.status == ParticipantStatus::added;
}

}  // namespace

void LiveCall::spawn_dialing(const std::string& participant_id) {
  ++dialing_;
  tasks_.spawn(dial(participant_id, ++rounds_[participant_id]));
}

Task<void> LiveCall::dial(std::string participant_id, int round) {
  while (may_dial(participant_id, round)) {
    const Next next = co_await try_once(participant_id, round);
    if (next == Next::nothing) break;
  }
  --dialing_;
  end_if_deserted();
  note_idle();
}

bool LiveCall::may_dial(const std::string& participant_id, int round) {
  const Participant* who = record_.find(participant_id);
  return !is_over() && who != nullptr && who->status == ParticipantStatus::queued &&
         rounds_[participant_id] == round;
}

call::PlaceCall LiveCall::terms_of(const Participant& participant) const {
  call::PlaceCall terms;
  terms.to = {call::Party::Kind::telephone, participant.phone_number};
  terms.from = environment_.settings.outbound_number;
  terms.application = "take5";
  terms.ring_timeout = environment_.settings.ring;
  terms.program = {
      "take5",
      {{"call", record_.id},
       {"participant", participant.id},
       {"group", std::to_string(record_.group)}}
  };
  // A leg that nobody ends does not outlive its call by much.
  const auto left = planned_end() - environment_.loop.wall_now();
  terms.max_duration = std::max(std::chrono::ceil<std::chrono::seconds>(left), 0s) + 60s;
  if (environment_.settings.detect_machines)
    terms.machine_detection.mode = call::MachineDetection::Mode::enable;
  call::Document document;
  document.collection = leg_collection;
  document.tag = tag_of(record_.id, participant.id);
  terms.documents.push_back(std::move(document));
  return terms;
}

Task<LiveCall::Next> LiveCall::try_once(std::string participant_id, int round) {
  call::PlaceCall terms = terms_of(*record_.find(participant_id));
  const auto placed = co_await environment_.switchboard.place(std::move(terms));
  Participant* who = record_.find(participant_id);
  if (!placed) {
    if (!may_dial(participant_id, round)) co_return Next::nothing;
    const Next next = after_refusal(*who, placed.error());
    if (next == Next::dial_again) co_await base::sleep_for(environment_.loop, line_wait);
    co_return next;
  }
  if (may_dial(participant_id, round)) {
    who->call_sid = placed->sid;
    who->status = ParticipantStatus::ringing;
    who->reason.clear();
    ++who->attempts;
    keep();
  } else if (call::Leg* unwanted = environment_.switchboard.find(placed->sid)) {
    unwanted->hang_up(HangupCause::canceled);
  }
  Task<Next> following = follow(std::move(participant_id), placed->sid);
  co_return co_await std::move(following);
}

/// Whoever waits for a line is shown so, until there is one or the call is over.
LiveCall::Next LiveCall::after_refusal(Participant& participant, const base::Error& error) {
  const bool later = error.code == Errc::unavailable || error.detail == over_a_cap;
  const bool changes = participant.reason != error.message;
  participant.reason = error.message;
  if (!later) participant.status = ParticipantStatus::failed;
  if (changes || !later) keep();
  return later ? Next::dial_again : Next::nothing;
}

Task<LiveCall::Next> LiveCall::follow(std::string participant_id, std::string call_sid) {
  Outcome outcome;
  if (call::Leg* leg = environment_.switchboard.find(call_sid)) {
    const auto milestones = leg->milestones();
    co_await milestones->over.wait();
    outcome.cause = milestones->ending.cause;
    outcome.status = final_status(outcome.cause, milestones->was_answered);
    outcome.answered = milestones->was_answered;
    outcome.rang = milestones->rang.is_set();
    outcome.detail = milestones->ending.detail;
  }
  const Next next = conclude(participant_id, call_sid, outcome);
  if (next == Next::dial_again)
    co_await base::sleep_for(environment_.loop, environment_.settings.retry_after);
  co_return next;
}

LiveCall::Next LiveCall::conclude(
    const std::string& participant_id, const std::string& call_sid, const Outcome& outcome
) {
  Participant* who = record_.find(participant_id);
  if (who == nullptr || who->call_sid != call_sid) return Next::nothing;
  let_go_of_sound(participant_id);
  if (!who->is_active()) return Next::nothing;
  Next next = Next::nothing;
  if (outcome.answered) {
    who->part(ParticipantStatus::left, environment_.loop.wall_now());
    who->was_connected = true;
  } else if (outcome.cause == HangupCause::overload && !outcome.rang) {
    // No line was free: nobody has been rung.
    who->status = ParticipantStatus::queued;
    who->reason = outcome.detail;
    --who->attempts;
    next = Next::dial_again;
  } else if (outcome.status == LegStatus::no_answer &&
             who->attempts <= environment_.settings.retries) {
    who->status = ParticipantStatus::queued;
    who->reason = "no answer; is called once more";
    next = Next::dial_again;
  } else if (outcome.status == LegStatus::no_answer) {
    who->status = ParticipantStatus::no_answer;
    who->reason.clear();
  } else if (outcome.status == LegStatus::busy) {
    who->status = ParticipantStatus::busy;
  } else {
    who->status = ParticipantStatus::failed;
    who->reason = outcome.detail;
  }
  keep();
  return next;
}

// --- After a restart ---

Task<Result<>> LiveCall::recall_legs() {
  for (Participant& participant : record_.participants) {
    if (!is_waited_for(participant)) continue;
    call::DocumentQuery query{.collection = std::string(leg_collection)};
    query.tag = tag_of(record_.id, participant.id);
    const auto legs = co_await environment_.journal.find_documents(std::move(query));
    if (!legs) co_return base::fail(legs.error());
    participant.status = legs->empty() ? ParticipantStatus::queued : ParticipantStatus::ringing;
    if (legs->empty()) continue;
    participant.call_sid = legs->front().key;  // the newest
    participant.attempts = static_cast<int>(legs->size());
  }
  co_return Result<>{};
}

Task<Result<>> LiveCall::resume() {
  base::log::info("take5.call_resumed", {{"call", record_.id}});
  std::vector<std::string> ids;
  for (const Participant& participant : record_.participants)
    if (is_waited_for(participant)) ids.push_back(participant.id);
  for (const std::string& id : ids) {
    const Result<> resumed = co_await resume_participant(id);
    if (!resumed) co_return resumed;
  }
  tasks_.spawn(run_clock());
  end_if_deserted();
  co_return Result<>{};
}

Task<Result<>> LiveCall::resume_participant(std::string participant_id) {
  Participant& who = *record_.find(participant_id);
  if (who.status == ParticipantStatus::queued) {
    take_up_without_leg(who);
    co_return Result<>{};
  }
  const call::Leg* leg = environment_.switchboard.find(who.call_sid);
  if (leg != nullptr && !leg->ended()) {
    // One that was answered is being hung up; one that rings goes on ringing (rule R3).
    follow_after_restart(participant_id, who.call_sid);
    co_return Result<>{};
  }
  const auto stored = co_await environment_.journal.find_leg(who.call_sid);
  if (!stored) co_return base::fail(stored.error());
  Outcome outcome;
  if (*stored) {
    outcome.status = (*stored)->status;
    outcome.answered = (*stored)->answered.has_value();
    outcome.detail = (*stored)->end_reason;
    outcome.rang = true;
  }
  // Only a call that was not answered is worth another try: then it has waited for one before.
  if (conclude(participant_id, who.call_sid, outcome) == Next::dial_again)
    take_up_without_leg(*record_.find(participant_id));
  co_return Result<>{};
}

/// Its phone has not rung, or may ring once more.
void LiveCall::take_up_without_leg(Participant& participant) {
  const base::WallTime now = environment_.loop.wall_now();
  const base::WallTime latest =
      std::min(planned_end(), record_.started.value_or(record_.scheduled) + latest_ring);
  participant.status = ParticipantStatus::queued;
  if (now < latest) return spawn_dialing(participant.id);
  participant.status = ParticipantStatus::failed;
  participant.reason = "the server was down";
}

void LiveCall::follow_after_restart(
    const std::string& participant_id, const std::string& call_sid
) {
  ++dialing_;
  ++rounds_[participant_id];
  tasks_.spawn(follow_only(participant_id, call_sid));
}

Task<void> LiveCall::follow_only(std::string participant_id, std::string call_sid) {
  const Next next = co_await follow(participant_id, std::move(call_sid));
  --dialing_;
  if (next == Next::dial_again && !is_over()) spawn_dialing(participant_id);
  end_if_deserted();
  note_idle();
}

}  // namespace belfry::apps::take5
