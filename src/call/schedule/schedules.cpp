#include "call/schedule/schedules.hpp"

#include "base/log.hpp"
#include "call/notifications.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using base::WallTime;
using namespace std::chrono_literals;

constexpr std::size_t page_size = 1000;
/// A wall clock that is stepped forward is noticed after this (rule R5).
constexpr base::Duration longest_wait = 30s;
constexpr base::Duration retry_pause = 2s;
constexpr std::size_t most_at_once = 64;  // firings on their way to the disk
/// A rule of every minute misses ten thousand moments in a week: only the last have a row each.
constexpr std::size_t most_missed_rows = 100;
constexpr std::uint64_t most_passed_over = 20'000;  // in one transaction

}  // namespace

Schedules::Schedules(const Environment& environment)
    : environment_(environment), tasks_(environment.loop) {}

Schedules::~Schedules() {
  environment_.loop.cancel(timer_);
}

void Schedules::add_handler(Handler& handler) {
  handlers_.emplace(handler.kind(), &handler);
}

Task<Result<>> Schedules::start() {
  std::string after;
  while (true) {
    DocumentQuery query;
    query.collection = Schedule::collection;
    query.after_key = after;
    query.limit = page_size;
    const auto page = co_await environment_.journal.find_documents(std::move(query));
    if (!page) co_return base::fail(page.error());
    for (const Document& row : *page) keep(Schedule::from_document(row));
    if (page->size() < page_size) break;
    after = page->back().key;
  }
  started_ = true;
  arm();
  co_return Result<>{};
}

const Schedule* Schedules::find(const std::string& id) const {
  const auto found = schedules_.find(id);
  return found == schedules_.end() ? nullptr : &found->second;
}

/// In memory what is on disk.
void Schedules::keep(Schedule schedule) {
  const std::string id = schedule.id;
  forget(id);
  auto recurrence = Recurrence::make(schedule.recurrence);
  if (recurrence)
    recurrences_.emplace(id, std::move(*recurrence));
  else  // a zone that the machine no longer knows
    base::log::error(
        "schedule.unusable", {{"schedule", id}, {"reason", recurrence.error().message}}
    );
  if (recurrence && schedule.state == Schedule::State::active && schedule.next)
    due_.emplace(*schedule.next, id);
  schedules_.emplace(id, std::move(schedule));
  arm();
}

void Schedules::forget(const std::string& id) {
  const auto found = schedules_.find(id);
  if (found == schedules_.end()) return;
  if (found->second.next) due_.erase({*found->second.next, id});
  schedules_.erase(found);
  recurrences_.erase(id);
}

void Schedules::arm() {
  if (!started_) return;
  environment_.loop.cancel(timer_);
  timer_ = 0;
  if (due_.empty()) return;
  const auto wait = std::clamp<base::Duration>(due_.begin()->first - now(), 0s, longest_wait);
  timer_ = environment_.loop.call_after(wait, [this] {
    timer_ = 0;
    fire_what_is_due();
  });
}

/// What is on its way is not in `due_`: it comes back with its next moment.
void Schedules::fire_what_is_due() {
  while (!due_.empty() && due_.begin()->first <= now() && busy_.size() < most_at_once) {
    const std::string id = due_.begin()->second;
    due_.erase(due_.begin());
    if (busy_.insert(id).second) tasks_.spawn(fire(id));
  }
  if (busy_.size() < most_at_once) arm();
}

Task<void> Schedules::fire(std::string id) {
  const Schedule* found = find(id);
  while (found != nullptr && found->state == Schedule::State::active && found->next &&
         *found->next <= now()) {
    Schedule schedule = *found;
    Schedule before = schedule;
    const bool is_late = now() - *schedule.next > schedule.grace;
    Task<Result<>> step;
    if (is_late)
      step = pass_over(std::move(schedule), "nobody could do it in time");
    else
      step = take_place(std::move(schedule));
    const Result<> done = co_await std::move(step);
    if (!done && done.error().code == Errc::conflict) {
      co_await after_conflict(std::move(before));
    } else if (!done) {
      base::log::warning("schedule.put_off", {{"schedule", id}, {"reason", done.error().message}});
      co_await base::sleep_for(environment_.loop, retry_pause);
    }
    found = find(id);
  }
  busy_.erase(id);
  if (found != nullptr && found->state == Schedule::State::active && found->next)
    due_.emplace(*found->next, id);
  arm();
}

/// Somebody else has fired or changed it, and the row knows; or it took place long ago, under
/// another schedule of this name or before the clock was put back; or its work is there already.
Task<void> Schedules::after_conflict(Schedule before) {
  co_await reload(before.id);
  const Schedule* found = find(before.id);
  if (found == nullptr || found->revision != before.revision) co_return;
  Occurrence same{.schedule_id = before.id, .due = *before.next};
  std::string key = same.key();
  std::string collection(Occurrence::collection);
  const auto earlier =
      co_await environment_.journal.find_document(std::move(collection), std::move(key));
  Result<> done;
  if (earlier && *earlier) {
    Schedule of = before;
    before.next = co_await next_of(std::move(of), same.due);
    if (!before.next) before.state = Schedule::State::finished;
    Changes nothing;
    done = co_await write(std::move(before), std::move(nothing));
  } else {
    done = co_await pass_over(std::move(before), "what it was to write is there already");
  }
  if (!done) co_await base::sleep_for(environment_.loop, retry_pause);
}

Task<Result<>> Schedules::take_place(Schedule schedule) {
  const auto handler = handlers_.find(schedule.kind);
  if (handler == handlers_.end())
    co_return co_await pass_over(std::move(schedule), "nothing of this kind runs here");
  Occurrence occurrence{.schedule_id = schedule.id, .due = *schedule.next, .at = now()};
  Schedule of = schedule;
  Occurrence for_handler = occurrence;
  auto work = co_await handler->second->prepare(std::move(of), std::move(for_handler));
  if (!work && work.error().code == Errc::refused)
    co_return co_await pass_over(std::move(schedule), std::move(work.error().message));
  if (!work) co_return base::fail(work.error());
  of = schedule;
  schedule.next = co_await next_of(std::move(of), occurrence.due);
  if (!schedule.next) schedule.state = Schedule::State::finished;
  schedule.last = occurrence.due;
  ++schedule.fired;
  Result<> stored = co_await claim(schedule, occurrence, std::move(*work));
  if (stored) handler->second->fired(*find(occurrence.schedule_id), occurrence);
  co_return stored;
}

/// One transaction: the occurrence (its key is unique), its jobs, and the schedule's next moment.
Task<Result<>> Schedules::claim(Schedule schedule, Occurrence& occurrence, Work work) {
  occurrence.jobs = work.jobs.size();
  occurrence.details = std::move(work.details);
  Changes changes = std::move(work.changes);
  changes.new_documents.push_back(occurrence.to_document());
  for (Job& job : work.jobs) {
    if (job.created == WallTime{}) job.created = occurrence.at;
    changes.new_documents.push_back(job.to_document());
  }
  const std::string id = schedule.id;
  Result<> stored = co_await write(std::move(schedule), std::move(changes));
  if (!stored) co_return stored;
  environment_.jobs.adopt(work.jobs);
  base::log::debug(
      "schedule.fired",
      {{"schedule", id}, {"due", base::to_rfc3339(occurrence.due)}, {"jobs", occurrence.jobs}}
  );
  co_return stored;
}

/// Records the due moment, and all after it that are too late as well, as missed.
Task<Result<>> Schedules::pass_over(Schedule schedule, std::string reason) {
  std::vector<Occurrence> missed;
  std::optional<WallTime> next = schedule.next;
  std::uint64_t count = 0;
  const auto rule = rule_of(schedule);
  const bool is_drawn = !rule || rule->is_drawn();
  do {
    if (missed.size() == most_missed_rows) missed.erase(missed.begin());
    missed.push_back(
        {.schedule_id = schedule.id,
         .due = *next,
         .state = Occurrence::State::missed,
         .at = now(),
         .reason = reason}
    );
    ++count;
    if (!is_drawn) next = rule->next(*next);
  } while (!is_drawn && next && now() - *next > schedule.grace && count < most_passed_over);
  Schedule of = schedule;
  if (is_drawn) next = co_await next_of(std::move(of), *next);
  // The rows are of the last ones; the first of them stands for all before it too.
  missed.front().count = count - missed.size() + 1;
  schedule.next = next;
  if (!next) schedule.state = Schedule::State::finished;
  schedule.missed += count;
  Changes changes;
  for (const Occurrence& each : missed) changes.new_documents.push_back(each.to_document());
  const std::string id = schedule.id;
  Result<> stored = co_await write(std::move(schedule), std::move(changes));
  if (!stored) co_return stored;
  const Schedule& kept = *find(id);
  report_missed(kept, missed.back(), count);
  const auto handler = handlers_.find(kept.kind);
  if (handler != handlers_.end())
    for (const Occurrence& each : missed) handler->second->missed(kept, each);
  co_return stored;
}

void Schedules::report_missed(
    const Schedule& schedule, const Occurrence& occurrence, std::uint64_t count
) {
  const std::string due = base::to_rfc3339(occurrence.due);
  base::log::warning(
      "schedule.missed", {{"schedule", schedule.id},
                          {"due", due},
                          {"count", static_cast<std::int64_t>(count)},
                          {"reason", occurrence.reason}}
  );
  if (environment_.notifications == nullptr) return;
  Problem problem;
  problem.account_sid = schedule.account_sid;
  problem.level = Problem::Level::warning;
  problem.message = "The schedule " + (schedule.name.empty() ? schedule.id : schedule.name) +
                    " missed its moment at " + due + ": " + occurrence.reason;
  environment_.notifications->add(problem);
}

/// The one that we have, unless the terms are being changed.
std::optional<Recurrence> Schedules::rule_of(const Schedule& schedule) const {
  const auto known = recurrences_.find(schedule.id);
  if (known != recurrences_.end() && known->second.terms() == schedule.recurrence)
    return known->second;
  auto made = Recurrence::make(schedule.recurrence);
  if (!made) return std::nullopt;
  return std::move(*made);
}

/// A drawn moment lies in the future: what the server slept through is not drawn again.
Task<std::optional<WallTime>> Schedules::next_of(Schedule schedule, WallTime after) {
  const auto rule = rule_of(schedule);
  if (!rule) co_return std::nullopt;
  if (!rule->is_drawn()) co_return rule->next(after);
  const auto handler = handlers_.find(schedule.kind);
  if (handler == handlers_.end()) co_return std::nullopt;
  const WallTime from = std::max(after, now());
  const auto drawn = co_await handler->second->draw_next(std::move(schedule), from);
  if (!drawn) co_return std::nullopt;
  co_return rule->admit(*drawn);
}

Task<Result<>> Schedules::write(Schedule schedule, Changes changes) {
  changes.conditions.push_back(
      {.document = {std::string(Schedule::collection), schedule.id},
       .member = "revision",
       .expected = static_cast<std::int64_t>(schedule.revision)}
  );
  ++schedule.revision;
  changes.documents.push_back(schedule.to_document());
  const Result<> stored = co_await environment_.journal.commit(std::move(changes));
  if (stored) keep(std::move(schedule));
  co_return stored;
}

Task<void> Schedules::reload(std::string id) {
  const auto row =
      co_await environment_.journal.find_document(std::string(Schedule::collection), id);
  if (!row) {
    co_await base::sleep_for(environment_.loop, retry_pause);
    co_return;
  }
  if (*row)
    keep(Schedule::from_document(**row));
  else
    forget(id);
}

}  // namespace belfry::call::schedule
