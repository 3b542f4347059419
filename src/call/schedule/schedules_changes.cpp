// How schedules are made, changed, asked and run by hand.
#include "call/schedule/schedules.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using base::WallTime;

constexpr int most_tries = 5;  // against others who write the same row

void apply(const ScheduleTerms& terms, Schedule& schedule) {
  schedule.kind = terms.kind;
  schedule.name = terms.name;
  schedule.account_sid = terms.account_sid;
  const WallTime start = schedule.recurrence.start;
  schedule.recurrence = terms.recurrence;
  if (schedule.recurrence.start == WallTime{}) schedule.recurrence.start = start;
  schedule.grace = terms.grace;
  schedule.parameters = terms.parameters;
  schedule.state = terms.enabled ? Schedule::State::active : Schedule::State::paused;
}

std::unexpected<base::Error> unknown(const std::string& id) {
  return base::fail(Errc::not_found, "there is no schedule " + id);
}

std::unexpected<base::Error> contended(const std::string& id) {
  return base::fail(Errc::conflict, "the schedule " + id + " is being changed by somebody else");
}

}  // namespace

Result<> Schedules::check(const ScheduleTerms& terms) const {
  if (!is_schedule_id(terms.id))
    return base::fail(
        Errc::invalid_argument, "an id is 1 to 64 letters, digits, dots, dashes or underscores"
    );
  if (!handlers_.contains(terms.kind))
    return base::fail(Errc::not_found, "there are no schedules of kind \"" + terms.kind + "\"");
  if (terms.grace.count() < 0) return base::fail(Errc::invalid_argument, "a grace is not negative");
  BELFRY_TRY(recurrence, Recurrence::make(terms.recurrence));
  return handlers_.find(terms.kind)->second->check(terms.parameters);
}

Task<Result<Schedule>> Schedules::put(ScheduleTerms terms, Changes along) {
  BELFRY_CO_CHECK(check(terms));
  if (find(terms.id) == nullptr) {
    ScheduleTerms first = terms;
    Changes with = along;
    auto created = co_await create(std::move(first), std::move(with));
    if (created || created.error().code != Errc::conflict) co_return created;
    co_await reload(terms.id);
    if (find(terms.id) == nullptr) co_return created;
  }
  std::string id = terms.id;
  Edit edit = [terms = std::move(terms)](Schedule& schedule) { apply(terms, schedule); };
  co_return co_await change(std::move(id), std::move(edit), Draw::when_changed, std::move(along));
}

Task<Result<Schedule>> Schedules::create(ScheduleTerms terms, Changes along) {
  if (schedules_.size() >= most_schedules)
    co_return base::fail(Errc::too_large, "there are too many schedules");
  Schedule schedule;
  schedule.id = terms.id;
  schedule.created = now();
  schedule.recurrence.start = schedule.created;
  apply(terms, schedule);
  const bool enabled = terms.enabled;
  Schedule before = schedule;
  before.state = Schedule::State::finished;
  co_await draw(schedule, before, Draw::anew);
  const bool is_drawn = schedule.recurrence.rule == "drawn";
  if (enabled && !schedule.next && !is_drawn)
    co_return base::fail(Errc::invalid_argument, "the rule has no moment in the future");
  schedule.revision = 1;
  along.new_documents.push_back(schedule.to_document());
  const Result<> stored = co_await environment_.journal.commit(std::move(along));
  if (!stored) co_return base::fail(stored.error());
  keep(schedule);
  co_return schedule;
}

/// Optimistic: whoever writes a row second reads it again.
Task<Result<Schedule>> Schedules::change(std::string id, Edit edit, Draw draw_when, Changes along) {
  for (int i = 0; i < most_tries; ++i) {
    const Schedule* found = find(id);
    if (found == nullptr) co_return unknown(id);
    const Schedule before = *found;
    Schedule after = before;
    edit(after);
    co_await draw(after, before, draw_when);
    Changes changes = along;
    const Result<> stored = co_await write(std::move(after), std::move(changes));
    if (stored) co_return *find(id);
    if (stored.error().code != Errc::conflict) co_return base::fail(stored.error());
    co_await reload(id);
    found = find(id);
    // Nobody has touched the row: what failed is `along`.
    if (found != nullptr && found->revision == before.revision)
      co_return base::fail(stored.error());
  }
  co_return contended(id);
}

/// The next moment of what was changed, where the change touches it.
Task<void> Schedules::draw(Schedule& schedule, const Schedule& before, Draw when) {
  const bool has_other_rule =
      schedule.recurrence != before.recurrence || schedule.kind != before.kind;
  const bool is_drawn = schedule.recurrence.rule == "drawn";
  if (when == Draw::anew || has_other_rule) schedule.next.reset();
  if (schedule.state == Schedule::State::paused) co_return;
  const bool is_past = schedule.next && *schedule.next <= now();
  const bool was_resting = before.state != Schedule::State::active;
  // What fell due while it was paused is passed over; what is due and on its way is not touched.
  if (was_resting && (!is_drawn || is_past)) schedule.next.reset();
  if (!schedule.next) {
    Schedule of = schedule;
    const WallTime from = now();
    schedule.next = co_await next_of(std::move(of), from);
  }
  schedule.state = schedule.next ? Schedule::State::active : Schedule::State::finished;
}

Task<Result<Schedule>> Schedules::set_paused(std::string id, bool paused) {
  Edit edit = [paused](Schedule& schedule) {
    if (paused)
      schedule.state = Schedule::State::paused;
    else if (schedule.state == Schedule::State::paused)
      schedule.state = Schedule::State::active;
  };
  Changes nothing;
  co_return co_await change(std::move(id), std::move(edit), Draw::when_changed, std::move(nothing));
}

Task<Result<Schedule>> Schedules::redraw(std::string id) {
  Edit edit = [](Schedule& schedule) {
    if (schedule.state == Schedule::State::finished) schedule.state = Schedule::State::active;
  };
  Changes nothing;
  co_return co_await change(std::move(id), std::move(edit), Draw::anew, std::move(nothing));
}

Task<Result<>> Schedules::remove(std::string id, Changes along) {
  if (find(id) == nullptr) co_return unknown(id);
  along.removed_documents.push_back({std::string(Schedule::collection), id});
  const Result<> stored = co_await environment_.journal.commit(std::move(along));
  if (stored) forget(id);
  co_return stored;
}

Task<Result<Occurrence>> Schedules::run_now(std::string id, std::string request) {
  for (int i = 0; i < most_tries; ++i) {
    const Schedule* found = find(id);
    if (found == nullptr) co_return unknown(id);
    const Schedule schedule = *found;
    const auto handler = handlers_.find(schedule.kind);
    if (handler == handlers_.end()) co_return unknown(id);
    Occurrence occurrence{.schedule_id = id, .due = now(), .extra = "run-" + request, .at = now()};
    std::string key = occurrence.key();
    const auto earlier = co_await environment_.journal.find_document(
        std::string(Occurrence::collection), std::move(key)
    );
    if (!earlier) co_return base::fail(earlier.error());
    if (*earlier) co_return Occurrence::from_document(**earlier);
    Schedule of = schedule;
    Occurrence for_handler = occurrence;
    auto work = co_await handler->second->prepare(std::move(of), std::move(for_handler));
    if (!work) co_return base::fail(work.error());
    Schedule after = schedule;
    ++after.fired;
    Work prepared = std::move(*work);
    const Result<> stored = co_await claim(std::move(after), occurrence, std::move(prepared));
    if (stored) {
      handler->second->fired(*find(id), occurrence);
      co_return occurrence;
    }
    if (stored.error().code != Errc::conflict) co_return base::fail(stored.error());
    co_await reload(id);
  }
  co_return contended(id);
}

std::vector<WallTime> Schedules::preview(const Schedule& schedule, std::size_t count) const {
  std::vector<WallTime> moments;
  if (count == 0 || schedule.state == Schedule::State::finished) return moments;
  if (schedule.next) moments.push_back(*schedule.next);
  const auto rule = recurrences_.find(schedule.id);
  if (rule == recurrences_.end() || rule->second.is_drawn()) return moments;
  const WallTime after = schedule.next ? *schedule.next : now();
  for (const WallTime each : rule->second.preview(after, count - moments.size()))
    moments.push_back(each);
  return moments;
}

Task<Result<std::vector<Occurrence>>> Schedules::occurrences(
    std::string id, std::optional<Occurrence::State> state, std::size_t limit
) {
  DocumentQuery query;
  query.collection = Occurrence::collection;
  query.tag = std::move(id);
  if (state) query.members.emplace_back("state", std::string(to_string(*state)));
  query.limit = limit;
  const auto rows = co_await environment_.journal.find_documents(std::move(query));
  if (!rows) co_return base::fail(rows.error());
  std::vector<Occurrence> found;
  for (const Document& row : *rows) found.push_back(Occurrence::from_document(row));
  co_return found;
}

}  // namespace belfry::call::schedule
