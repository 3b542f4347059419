#include "apps/take5/planner.hpp"

#include <algorithm>

#include "apps/take5/members.hpp"
#include "apps/take5/start_jobs.hpp"
#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using base::WallTime;
using call::schedule::Occurrence;
using call::schedule::Schedule;
using call::schedule::Work;
using namespace std::chrono_literals;

constexpr std::size_t drawn_ahead = Planner::shown_moments + 1;
constexpr std::chrono::seconds grace = 1h;
constexpr auto on_time = 1min;

std::int64_t group_of(const Schedule& schedule) {
  return number_of(schedule.parameters, "group");
}

}  // namespace

Planner::Planner(Environment environment)
    : environment_(std::move(environment)), tasks_(environment_.loop) {
  environment_.directory.on_change([this](std::int64_t group, Directory::Change change) {
    return on_change(group, change);
  });
  environment_.calls.on_moment_void([this](std::int64_t group) {
    tasks_.spawn(follow_void_moment(group));
  });
}

std::string Planner::schedule_id(std::int64_t group) {
  return "take5.group." + std::to_string(group);
}

bool Planner::is_called(const Group& group) const {
  return group.enabled && !environment_.directory.members_of(group).empty();
}

Task<Result<>> Planner::start() {
  std::vector<std::int64_t> missing;
  for (const auto& [id, group] : environment_.directory.groups()) {
    const Schedule* schedule = environment_.schedules.find(schedule_id(id));
    const bool runs = schedule != nullptr && schedule->state == Schedule::State::active;
    if (runs != is_called(group)) missing.push_back(id);
    plan_reminder(id);
  }
  std::vector<std::int64_t> orphaned;
  for (const auto& [id, schedule] : environment_.schedules.all()) {
    const std::int64_t group = group_of(schedule);
    if (schedule.kind == kind() && environment_.directory.group(group) == nullptr)
      orphaned.push_back(group);
  }
  for (const std::int64_t group : missing) co_await put(group);
  for (const std::int64_t group : orphaned) co_await remove(group);
  co_return Result<>{};
}

// --- The schedule of a group ---

Task<void> Planner::on_change(std::int64_t group, Directory::Change change) {
  switch (change) {
    case Directory::Change::removed:
      return remove(group);
    case Directory::Change::other_cadence: {
      call::Changes changes;
      environment_.directory.edit(group, [](Group& edited) { edited.plan = {}; }, changes);
      environment_.journal.commit_later(std::move(changes));
      return put(group);
    }
    case Directory::Change::changed:
      return put(group);
  }
  return put(group);
}

Task<void> Planner::put(std::int64_t group_id) {
  const Group* group = environment_.directory.group(group_id);
  if (group == nullptr) co_return;
  const std::string id = schedule_id(group_id);
  const bool enabled = is_called(*group);
  if (!enabled && environment_.schedules.find(id) == nullptr) co_return;
  call::schedule::ScheduleTerms terms;
  terms.id = id;
  terms.kind = kind();
  terms.name = group->name;
  terms.account_sid = environment_.account_sid;
  terms.recurrence.rule = "drawn";
  terms.grace = grace;
  terms.parameters = {{"group", group_id}};
  terms.enabled = enabled;
  const auto stored = co_await environment_.schedules.put(std::move(terms));
  if (!stored)
    base::log::error("take5.not_scheduled", {{"group", group_id}, {"why", stored.error().message}});
  co_await follow_void_moment(group_id);
}

Task<void> Planner::remove(std::int64_t group) {
  environment_.texts.forget_reminder(schedule_id(group));
  const auto removed = co_await environment_.schedules.remove(schedule_id(group));
  if (!removed && removed.error().code != Errc::not_found)
    base::log::error("take5.not_removed", {{"group", group}, {"why", removed.error().message}});
  co_await cancel_created(group, std::nullopt, CallStatus::ended, "the group was removed");
}

/// The schedule's next moment is one of the plan's; if it is not any more, another one is taken.
Task<void> Planner::follow_void_moment(std::int64_t group_id) {
  const std::string id = schedule_id(group_id);
  const Schedule* schedule = environment_.schedules.find(id);
  const Group* group = environment_.directory.group(group_id);
  if (schedule == nullptr || group == nullptr) co_return;
  const bool is_void = schedule->next && !group->plan.has(*schedule->next);
  if (is_void && schedule->state == Schedule::State::active) {
    const WallTime gone = *schedule->next;
    const auto drawn = co_await environment_.schedules.redraw(id);
    if (!drawn)
      base::log::error("take5.not_drawn", {{"group", group_id}, {"why", drawn.error().message}});
    co_await cancel_created(group_id, gone, CallStatus::ended, "another moment was drawn");
  }
  plan_reminder(group_id);
}

Task<void> Planner::cancel_created(
    std::int64_t group, std::optional<WallTime> only, CallStatus status, std::string reason
) {
  auto created = co_await environment_.calls.scheduled_calls(group);
  if (!created) co_return;
  for (CallRecord& call : *created) {
    if (only && call.scheduled != *only) continue;
    const std::string id = call.id;
    const Result<> canceled = co_await environment_.calls.cancel(std::move(call), status, reason);
    if (!canceled)
      base::log::info("take5.not_canceled", {{"call", id}, {"why", canceled.error().message}});
  }
}

void Planner::plan_reminder(std::int64_t group_id) {
  const std::string id = schedule_id(group_id);
  const auto moment = next(group_id);
  if (moment) {
    environment_.texts.plan_reminder(id, group_id, *moment);
  } else {
    environment_.texts.forget_reminder(id);
  }
}

// --- Moments ---

std::optional<WallTime> Planner::next(std::int64_t group) const {
  const Schedule* schedule = environment_.schedules.find(schedule_id(group));
  if (schedule == nullptr || schedule->state != Schedule::State::active) return std::nullopt;
  return schedule->next;
}

std::vector<WallTime> Planner::preview(std::int64_t group_id, std::size_t count) const {
  const auto first = next(group_id);
  const Group* group = environment_.directory.group(group_id);
  if (!first || group == nullptr) return {};
  std::vector<WallTime> moments = group->plan.moments();
  std::erase_if(moments, [&](WallTime moment) { return moment < *first; });
  if (moments.size() > count) moments.resize(count);
  return moments;
}

base::json::array Planner::problems() const {
  base::json::array found;
  for (const auto& [id, group] : environment_.directory.groups()) {
    base::json::array problems;
    if (const Result<> fits = check_frequency(group); !fits)
      problems.emplace_back(fits.error().message);
    const DrawTerms terms = environment_.directory.draw_terms_of(group);
    if (terms.zones.empty()) {
      problems.emplace_back("nobody is in it");
    } else if (!suits_everybody(terms, day_of(terms, environment_.loop.wall_now()))) {
      problems.emplace_back("no hour suits all members: it is called when it suits most of them");
    }
    if (problems.empty()) continue;
    found.push_back(
        base::json::object{{"groupId", id}, {"name", group.name}, {"problems", std::move(problems)}}
    );
  }
  return found;
}

/// Whatever of the plan is in the past was missed: it is drawn again. Then there are enough moments
/// ahead. In the journal it stands before the schedule that goes by it.
void Planner::draw(std::int64_t group_id) {
  const WallTime now = environment_.loop.wall_now();
  call::Changes changes;
  environment_.directory.edit(
      group_id,
      [&](Group& group) {
        const DrawTerms terms = environment_.directory.draw_terms_of(group);
        for (const WallTime moment : group.plan.moments())
          if (moment <= now) group.plan.redraw(terms, environment_.random, now, moment);
        const Day earliest =
            std::max(day_of(terms, now), day_of(terms, group.last_called) + std::chrono::days(1));
        group.plan.top_up(terms, environment_.random, now, earliest, drawn_ahead);
      },
      changes
  );
  if (!changes.empty()) environment_.journal.commit_later(std::move(changes));
}

Task<std::optional<WallTime>> Planner::draw_next(Schedule schedule, WallTime after) {
  const std::int64_t id = group_of(schedule);
  draw(id);
  const Group* group = environment_.directory.group(id);
  if (group == nullptr) co_return std::nullopt;
  for (const WallTime moment : group->plan.moments())
    if (moment > after) co_return moment;
  co_return std::nullopt;
}

// --- When a moment has come ---

/// An earlier try to call the group did not reach the disk.
void Planner::take_back(std::int64_t group) {
  const auto earlier = prepared_.find(group);
  if (earlier == prepared_.end()) return;
  const Prepared& prepared = earlier->second;
  call::Changes not_needed;
  environment_.directory.edit(
      group,
      [&](Group& edited) {
        if (edited.last_called == prepared.call.started)
          edited.last_called = prepared.called_before;
      },
      not_needed
  );
  prepared_.erase(earlier);
}

Result<> Planner::may_call(std::int64_t group_id, WallTime due) const {
  const Group* group = environment_.directory.group(group_id);
  if (group == nullptr || !is_called(*group))
    return fail(Errc::refused, "the group is disabled or empty");
  const DrawTerms terms = environment_.directory.draw_terms_of(*group);
  const WallTime now = environment_.loop.wall_now();
  if (now - due > on_time && !may_be_made_up(terms, due, now))
    return fail(Errc::refused, "its moment has passed");
  if (day_of(terms, group->last_called) == day_of(terms, now))
    return fail(Errc::refused, "the group has been called today");
  return {};
}

Task<Result<Work>> Planner::prepare(Schedule schedule, Occurrence occurrence) {
  const std::int64_t id = group_of(schedule);
  take_back(id);
  auto created = co_await environment_.calls.scheduled_calls(id);
  if (!created) co_return fail(std::move(created.error()));
  BELFRY_CO_CHECK(may_call(id, occurrence.due));
  // From here on nothing is waited for: what is decided is what is written.
  const auto known = std::ranges::find(*created, occurrence.due, &CallRecord::scheduled);
  const Group& group = *environment_.directory.group(id);
  Prepared prepared;
  prepared.is_new = known == created->end();
  prepared.called_before = group.last_called;
  Work work;
  CallRecord call;
  if (prepared.is_new) {
    call = environment_.calls.make_record(group, occurrence.due, CallRecord::Origin::schedule);
  } else {
    call = std::move(*known);
    work.changes.conditions.push_back({{std::string(call_collection), call.id}, "status", "created"}
    );
  }
  work.changes.documents.push_back(occurrence_of(call));
  prepared.call = environment_.calls.prepare_start(std::move(call), work.changes);
  work.details = {{"call", prepared.call.id}};
  prepared_[id] = std::move(prepared);
  co_return work;
}

void Planner::fired(const Schedule& schedule, const Occurrence& /*occurrence*/) {
  const std::int64_t id = group_of(schedule);
  auto prepared = prepared_.extract(id);
  if (prepared.empty()) return;
  Prepared& begun = prepared.mapped();
  if (begun.is_new) environment_.calls.count_created(begun.call);
  environment_.calls.ring(std::move(begun.call));
  plan_reminder(id);
}

void Planner::missed(const Schedule& schedule, const Occurrence& occurrence) {
  const std::int64_t id = group_of(schedule);
  take_back(id);
  tasks_.spawn(
      cancel_created(id, occurrence.due, CallStatus::failed, "missed: " + occurrence.reason)
  );
  plan_reminder(id);
}

}  // namespace belfry::apps::take5
