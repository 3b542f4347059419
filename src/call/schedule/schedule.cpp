#include "call/schedule/schedule.hpp"

#include <algorithm>
#include <array>

#include "call/json_members.hpp"

namespace belfry::call::schedule {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> states = {"active", "paused", "finished"};
constexpr std::size_t longest_id = 64;

void put_time(
    base::json::object& value, std::string_view name, const std::optional<base::WallTime>& time
) {
  if (time) value[name] = base::to_unix_micros(*time);
}

std::optional<base::WallTime> time_member(const base::json::object& value, std::string_view name) {
  if (!value.contains(name)) return std::nullopt;
  return base::from_unix_micros(number_member(value, name));
}

std::uint64_t count_member(const base::json::object& value, std::string_view name) {
  return static_cast<std::uint64_t>(number_member(value, name));
}

}  // namespace

std::string_view to_string(Schedule::State state) {
  return states.at(static_cast<std::size_t>(state));
}

std::string_view to_string(Occurrence::State state) {
  return state == Occurrence::State::fired ? "fired" : "missed";
}

bool is_schedule_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id &&
         std::ranges::all_of(text, [](unsigned char character) {
           return std::isalnum(character) != 0 || character == '.' || character == '_' ||
                  character == '-';
         });
}

std::chrono::seconds default_grace(std::chrono::seconds duration) {
  return std::min<std::chrono::seconds>(10min, duration);
}

Document Schedule::to_document() const {
  base::json::object value{
      {"kind", kind},
      {"name", name},
      {"account_sid", account_sid},
      {"recurrence", recurrence.to_json()},
      {"grace_s", grace.count()},
      {"parameters", parameters},
      {"state", to_string(state)},
      {"fired", static_cast<std::int64_t>(fired)},
      {"missed", static_cast<std::int64_t>(missed)},
      {"revision", static_cast<std::int64_t>(revision)}
  };
  put_time(value, "next", next);
  put_time(value, "last", last);
  return {
      .collection = std::string(collection),
      .key = id,
      .tag = kind,
      .value = std::move(value),
      .created = created
  };
}

Schedule Schedule::from_document(const Document& document) {
  const base::json::object& value = document.value;
  Schedule schedule;
  schedule.id = document.key;
  schedule.kind = text_member(value, "kind");
  schedule.name = text_member(value, "name");
  schedule.account_sid = text_member(value, "account_sid");
  schedule.recurrence = RecurrenceTerms::from_json(object_member(value, "recurrence"));
  schedule.grace = std::chrono::seconds(number_member(value, "grace_s"));
  schedule.parameters = object_member(value, "parameters");
  const auto state = std::ranges::find(states, text_member(value, "state"));
  schedule.state =
      state == states.end() ? State::paused : static_cast<State>(state - states.begin());
  schedule.created = document.created;
  schedule.next = time_member(value, "next");
  schedule.last = time_member(value, "last");
  schedule.fired = count_member(value, "fired");
  schedule.missed = count_member(value, "missed");
  schedule.revision = count_member(value, "revision");
  return schedule;
}

std::string Occurrence::key() const {
  return schedule_id + "@" + (extra.empty() ? base::to_rfc3339(due) : extra);
}

Document Occurrence::to_document() const {
  base::json::object value{
      {"due", base::to_unix_micros(due)},
      {"extra", extra},
      {"state", to_string(state)},
      {"reason", reason},
      {"count", static_cast<std::int64_t>(count)},
      {"jobs", static_cast<std::int64_t>(jobs)},
      {"details", details}
  };
  return {
      .collection = std::string(collection),
      .key = key(),
      .tag = schedule_id,
      .value = std::move(value),
      .created = at
  };
}

Occurrence Occurrence::from_document(const Document& document) {
  const base::json::object& value = document.value;
  Occurrence occurrence;
  occurrence.schedule_id = document.tag;
  occurrence.due = base::from_unix_micros(number_member(value, "due"));
  occurrence.extra = text_member(value, "extra");
  occurrence.state = text_member(value, "state") == "missed" ? State::missed : State::fired;
  occurrence.at = document.created;
  occurrence.reason = text_member(value, "reason");
  occurrence.count = count_member(value, "count");
  occurrence.jobs = static_cast<std::size_t>(number_member(value, "jobs"));
  occurrence.details = object_member(value, "details");
  return occurrence;
}

}  // namespace belfry::call::schedule
