#include "apps/take5/calls.hpp"

#include <algorithm>

#include "apps/take5/call_id.hpp"
#include "apps/take5/members.hpp"
#include "apps/take5/phone_number.hpp"
#include "apps/take5/start_jobs.hpp"
#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using base::WallTime;
using namespace std::chrono_literals;

call::Document open_document(const CallRecord& call) {
  return {std::string(open_call_collection), call.id, std::to_string(call.group), {}, call.created};
}

/// Of the one call that a schedule has for a moment.
call::Document moment_document(const CallRecord& call) {
  const std::string key = std::to_string(call.group) + "@" + base::to_rfc3339(call.scheduled);
  return {std::string(moment_collection), key, call.id, {}, call.created};
}

call::DocumentCondition still_created(const CallRecord& call) {
  return {
      .document = {std::string(call_collection), call.id},
      .member = "status",
      .expected = base::json::value(to_string(CallStatus::created)),
  };
}

}  // namespace

Calls::Calls(const Environment& environment, CallSettings settings)
    : environment_(environment), settings_(std::move(settings)) {
  subscription_ = environment_.switchboard.services().feed.subscribe(
      [this](const call::LegRecord& leg, const call::EventRecord& event) { follow(leg, event); }
  );
}

// --- Making ---

/// Two calls of a group never have the same id, also of one millisecond.
WallTime Calls::free_moment(std::int64_t group) {
  WallTime& last = last_made_[group];
  const WallTime now = std::chrono::floor<std::chrono::milliseconds>(environment_.loop.wall_now());
  last = std::max(now, last + 1ms);
  return last;
}

CallRecord Calls::make_record(const Group& group, WallTime scheduled, CallRecord::Origin origin) {
  CallRecord call;
  call.id = make_call_id(group.id, free_moment(group.id));
  call.group = group.id;
  call.group_name = group.name;
  call.origin = origin;
  call.scheduled = scheduled;
  call.planned = group.duration;
  call.created = environment_.loop.wall_now();
  for (const User* member : environment_.directory.members_of(group))
    call.add(member->id, "+1" + member->phone_number);
  return call;
}

Task<Result<CallRecord>> Calls::create(std::int64_t group_id, WallTime scheduled) {
  const Group* group = environment_.directory.group(group_id);
  if (group == nullptr) co_return fail(Errc::not_found, "Group not found");
  CallRecord call = make_record(*group, scheduled, CallRecord::Origin::request);
  if (call.participants.empty())
    co_return fail(Errc::invalid_argument, "Group has no users to call");
  co_return co_await store_new(std::move(call));
}

Task<Result<CallRecord>> Calls::create_scheduled(std::int64_t group_id, WallTime scheduled) {
  auto known = co_await scheduled_calls(group_id);
  if (!known) co_return fail(std::move(known.error()));
  for (CallRecord& call : *known)
    if (call.scheduled == scheduled) co_return std::move(call);
  const Group* group = environment_.directory.group(group_id);
  if (group == nullptr) co_return fail(Errc::not_found, "Group not found");
  CallRecord call = make_record(*group, scheduled, CallRecord::Origin::schedule);
  if (call.participants.empty())
    co_return fail(Errc::invalid_argument, "Group has no users to call");
  co_return co_await store_new(std::move(call));
}

/// What is written with a new call: its row, what starts it, and what makes it the only one of its
/// schedule's moment.
Calls::NewCall Calls::rows_of(const CallRecord& call) const {
  NewCall made;
  made.changes.new_documents.push_back(call.to_document());
  if (call.origin == CallRecord::Origin::schedule) {
    made.changes.new_documents.push_back(moment_document(call));
  } else if (call.scheduled > environment_.loop.wall_now()) {
    made.jobs.push_back(StartJobs::make(call));
    made.changes.new_documents.push_back(made.jobs.back().to_document());
    made.changes.documents.push_back(open_document(call));
  }
  return made;
}

Task<Result<CallRecord>> Calls::store_new(CallRecord call) {
  NewCall made = rows_of(call);
  const Result<> stored = co_await journal().commit(std::move(made.changes));
  if (!stored && stored.error().code == Errc::conflict) co_return co_await of_same_moment(call);
  if (!stored) co_return fail(stored.error());
  environment_.jobs.adopt(made.jobs);
  count_created(call);
  if (!made.jobs.empty() && on_planned_) on_planned_(call);
  on_changed(call);
  co_return call;
}

void Calls::count_created(const CallRecord& call) {
  environment_.figures.count("CallCreated", call.group, call.id + " created");
}

Task<Result<CallRecord>> Calls::of_same_moment(CallRecord call) {
  call::Document wanted = moment_document(call);
  const auto marker =
      co_await journal().find_document(std::move(wanted.collection), std::move(wanted.key));
  if (!marker) co_return fail(marker.error());
  if (!*marker) co_return fail(Errc::conflict, "a call with this id exists");
  co_return co_await find((*marker)->tag);
}

// --- Starting ---

Result<> Calls::check_telephony() const {
  const call::Switchboard& switchboard = environment_.switchboard;
  if (switchboard.draining())
    return fail(Errc::unavailable, "the server is stopping and takes no new calls");
  if (!switchboard.services().journal.accepts_writes())
    return fail(Errc::unavailable, "the disk is full");
  return {};
}

Task<Result<CallRecord>> Calls::start(std::string call_id) {
  auto call = co_await find(std::move(call_id));
  if (!call) co_return call;
  if (call->status != CallStatus::created)
    co_return fail(
        Errc::conflict, "The call is " + std::string(to_string(call->status)) + ", not created"
    );
  const std::int64_t group = call->group;
  Result<CallRecord> launched = fail(Errc::internal, "not launched");
  if (const Result<> ready = check_telephony(); ready) {
    call::Changes nothing_else;
    launched = co_await launch(std::move(*call), std::move(nothing_else));
  } else {
    launched = fail(ready.error());
  }
  if (!launched && launched.error().code != Errc::conflict)
    environment_.figures.count("CallStartFailed", group, "");
  if (!launched && launched.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "The call was started or ended already");
  co_return launched;
}

/// The members as they are now: whoever has left the group since is not called, whoever has come
/// is.
void Calls::bring_members_up_to_date(CallRecord& call) const {
  const Group* group = environment_.directory.group(call.group);
  if (group == nullptr) return;
  for (Participant& participant : call.participants) {
    if (participant.user == 0 || group->has(participant.user)) continue;
    participant.status = ParticipantStatus::removed;
    participant.reason = "left the group";
  }
  for (const User* member : environment_.directory.members_of(*group)) {
    const std::string number = "+1" + member->phone_number;
    const auto known = std::ranges::find(call.participants, member->id, &Participant::user);
    if (known != call.participants.end()) {
      known->phone_number = number;
    } else if (Participant* by_number = call.find_number(number)) {
      by_number->user = member->id;
    } else {
      call.add(member->id, number);
    }
  }
}

CallRecord Calls::prepare_start(CallRecord call, call::Changes& changes) {
  const WallTime now = environment_.loop.wall_now();
  bring_members_up_to_date(call);
  call.status = CallStatus::started;
  call.started = now;
  changes.documents.push_back(call.to_document());
  changes.documents.push_back(open_document(call));
  environment_.directory.edit(
      call.group,
      [&](Group& group) {
        const DrawTerms terms = environment_.directory.draw_terms_of(group);
        group.plan.settle(terms, day_of(terms, now));
        group.last_called = now;
      },
      changes
  );
  return call;
}

Task<Result<CallRecord>> Calls::launch(CallRecord call, call::Changes along) {
  along.conditions.push_back(still_created(call));
  CallRecord started = prepare_start(std::move(call), along);
  const Result<> stored = co_await journal().commit(std::move(along));
  if (!stored) co_return fail(stored.error());
  ring(started);
  if (on_moment_void_) on_moment_void_(started.group);
  co_return started;
}

LiveCall::Environment Calls::live_environment() {
  return {environment_.loop,
          environment_.switchboard,
          environment_.conferences,
          journal(),
          settings_,
          *this};
}

void Calls::ring(CallRecord call) {
  const std::string id = call.id;
  environment_.figures.count("CallStarted", call.group, id + " started");
  on_changed(call);
  auto live = std::make_unique<LiveCall>(live_environment(), std::move(call));
  LiveCall& begun = *(live_[id] = std::move(live));
  begun.begin();
}

// --- While it runs, and its end ---

Task<Result<CallRecord>> Calls::end(std::string call_id) {
  if (LiveCall* running = live(call_id)) {
    const std::int64_t group = running->record().group;
    const Result<> ended = co_await running->end("ended by request");
    if (!ended && ended.error().code != Errc::conflict)
      environment_.figures.count("CallEndFailed", group, "");
    if (!ended) co_return fail(ended.error());
    co_return co_await find(std::move(call_id));
  }
  auto call = co_await find(call_id);
  if (!call) co_return call;
  if (call->status != CallStatus::created) co_return fail(Errc::conflict, "The call is over");
  const Result<> canceled =
      co_await cancel(std::move(*call), CallStatus::ended, "canceled before its start");
  if (!canceled) co_return fail(canceled.error());
  co_return co_await find(std::move(call_id));
}

Task<Result<>> Calls::cancel(CallRecord call, CallStatus status, std::string reason) {
  call::Changes changes;
  changes.conditions.push_back(still_created(call));
  call.status = status;
  call.ended = environment_.loop.wall_now();
  call.reason = std::move(reason);
  changes.documents.push_back(call.to_document());
  changes.removed_documents.push_back({std::string(open_call_collection), call.id});
  const bool gives_up_moment =
      call.origin == CallRecord::Origin::schedule && status == CallStatus::ended;
  if (gives_up_moment) {
    environment_.directory.edit(
        call.group,
        [&](Group& group) {
          const DrawTerms terms = environment_.directory.draw_terms_of(group);
          group.plan.settle(terms, day_of(terms, call.scheduled));
        },
        changes
    );
  }
  const Result<> stored = co_await journal().commit(std::move(changes));
  if (stored) on_changed(call);
  if (stored && gives_up_moment && on_moment_void_) on_moment_void_(call.group);
  co_return stored;
}

Task<Result<Participant>> Calls::add_participant(std::string call_id, std::string phone_number) {
  if (LiveCall* running = live(call_id)) {
    const std::int64_t user = environment_.directory.user_of(phone_number);
    co_return co_await running->add(user, std::move(phone_number));
  }
  auto call = co_await find(std::move(call_id));
  if (!call) co_return fail(std::move(call.error()));
  if (call->status != CallStatus::created) co_return fail(Errc::conflict, "The call is over");
  Participant* known = call->find_number(phone_number);
  if (known != nullptr && known->status == ParticipantStatus::added) co_return *known;
  const auto waiting =
      std::ranges::count(call->participants, ParticipantStatus::added, &Participant::status);
  if (static_cast<std::size_t>(waiting) >= settings_.most_participants)
    co_return fail(Errc::conflict, "The call is full");
  Participant& added = known != nullptr ? *known : call->add(0, std::move(phone_number));
  added.status = ParticipantStatus::added;
  const Participant answer = added;
  const Result<> stored = co_await store_created(std::move(*call));
  if (!stored) co_return fail(stored.error());
  co_return answer;
}

Task<Result<>> Calls::remove_participant(std::string call_id, std::string participant_id) {
  if (LiveCall* running = live(call_id)) {
    Result<> removed = co_await running->remove(std::move(participant_id));
    if (!removed && removed.error().code == Errc::not_found)
      removed.error().detail = no_participant;
    co_return removed;
  }
  auto call = co_await find(std::move(call_id));
  if (!call) co_return fail(std::move(call.error()));
  Participant* who = call->find(participant_id);
  if (who == nullptr) co_return fail(Errc::not_found, "Participant not found", no_participant);
  if (call->status != CallStatus::created) co_return fail(Errc::conflict, "The call is over");
  who->status = ParticipantStatus::removed;
  co_return co_await store_created(std::move(*call));
}

Task<Result<>> Calls::store_created(CallRecord call) {
  call::Changes changes;
  changes.conditions.push_back(still_created(call));
  changes.documents.push_back(call.to_document());
  const Result<> stored = co_await journal().commit(std::move(changes));
  if (stored) on_changed(call);
  co_return stored;
}

void Calls::on_changed(const CallRecord& call) {
  if (on_change_) on_change_(call);
}

void Calls::add_to_end(const CallRecord& call, call::Changes& changes) {
  environment_.figures.count("CallEnded", call.group, call.id + " ended");
  if (!call.anybody_was_connected() || !call.started) return;
  const RollCall present{*call.started, call.users_connected()};
  environment_.directory.edit(
      call.group,
      [&](Group& group) {
        group.roll_call.push_back(present);
        if (group.roll_call.size() > Group::shown_roll_calls)
          group.roll_call.erase(group.roll_call.begin());
      },
      changes
  );
}

void Calls::on_idle(const std::string& call_id) {
  live_.erase(call_id);
}

// --- Their legs ---

Task<void> Calls::run(call::Leg& leg, call::ProgramSpec program) {
  const std::string call_id = text_of(program.parameters, "call");
  const std::string participant = text_of(program.parameters, "participant");
  LiveCall* answered_for = live(call_id);
  if (answered_for == nullptr) co_return;
  const std::shared_ptr<Cue> cue = answered_for->welcome(leg, participant);
  if (!cue) co_return;
  const Voice voice{environment_.speech, settings_.voice, settings_.language};
  co_await say(leg, voice, cue->greeting);
  auto joined = environment_.conferences.join(leg, cue->terms);
  if (!joined) {
    leg.report_error(joined.error().detail, joined.error().message);
    co_return;
  }
  call::Participation place = std::move(*joined);
  if (LiveCall* running = live(call_id)) running->note_joined(participant, place.conference_sid());
  co_await accompany(leg, place, cue, voice);
}

void Calls::follow(const call::LegRecord& leg, const call::EventRecord& event) {
  if (leg.program.kind != kind()) return;
  const bool waits = event.type == "trunk.waiting";
  if (!waits && event.type != "call.ringing") return;
  if (LiveCall* running = live(text_of(leg.program.parameters, "call")))
    running->note_waiting(
        text_of(leg.program.parameters, "participant"),
        waits ? ParticipantStatus::queued : ParticipantStatus::ringing
    );
}

}  // namespace belfry::apps::take5
