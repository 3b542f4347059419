#include "call/schedule/recurrence.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "call/json_members.hpp"
#include "call/schedule/local_time.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::LocalTime;
using base::Result;
using base::WallTime;
using namespace std::chrono_literals;

/// Quiet hours may swallow all that a rule says; then the search ends.
constexpr int most_skipped = 10'000;
/// A day has been left out once (Samoa, 30 December 2011); no zone has moved farther.
constexpr auto widest_gap = 25h;

/// `name(…)`: what is between the brackets.
std::optional<std::string_view> argument_of(std::string_view rule, std::string_view name) {
  if (!rule.starts_with(name) || !rule.ends_with(')')) return std::nullopt;
  rule.remove_prefix(name.size());
  if (!rule.starts_with('(')) return std::nullopt;
  return base::trim(rule.substr(1, rule.size() - 2));
}

Result<std::chrono::seconds> read_interval(std::string_view text) {
  const auto space = text.find(' ');
  const auto number = base::parse_unsigned(text.substr(0, space));
  std::string unit;
  if (space != std::string_view::npos) unit = base::to_lower(base::trim(text.substr(space)));
  if (unit.ends_with('s')) unit.pop_back();
  if (number && *number >= 1 && *number <= 100'000) {
    const auto count = static_cast<std::int64_t>(*number);
    if (unit == "minute") return std::chrono::minutes(count);
    if (unit == "hour") return std::chrono::hours(count);
    if (unit == "day") return std::chrono::days(count);
  }
  return base::fail(
      Errc::invalid_argument, "a rate is a number of minutes, hours or days: rate(5 minutes)"
  );
}

Result<WallTime> read_moment(std::string_view text, const std::string& zone) {
  const bool is_utc = text.ends_with('Z');
  const auto local = parse_local_time(is_utc ? text.substr(0, text.size() - 1) : text);
  if (!local)
    return base::fail(
        Errc::invalid_argument, "\"" + std::string(text) + "\" is no time like 2026-03-08T09:30:00"
    );
  if (is_utc) return WallTime(local->time_since_epoch());
  return *base::to_utc(zone, *local);
}

}  // namespace

bool QuietHours::contains(std::chrono::minutes time_of_day) const {
  if (from <= until) return time_of_day >= from && time_of_day < until;
  return time_of_day >= from || time_of_day < until;
}

base::json::object RecurrenceTerms::to_json() const {
  base::json::object value{{"rule", rule}, {"zone", zone}, {"start", base::to_unix_micros(start)}};
  if (end) value["end"] = base::to_unix_micros(*end);
  if (quiet)
    value["quiet"] = base::json::object{
        {"from", quiet->from.count()},
        {"until", quiet->until.count()},
        {"skip", quiet->then == QuietHours::Then::skip}
    };
  return value;
}

RecurrenceTerms RecurrenceTerms::from_json(const base::json::object& value) {
  RecurrenceTerms terms{.rule = text_member(value, "rule"), .zone = text_member(value, "zone")};
  terms.start = base::from_unix_micros(number_member(value, "start"));
  if (value.contains("end")) terms.end = base::from_unix_micros(number_member(value, "end"));
  if (value.contains("quiet")) {
    const base::json::object quiet = object_member(value, "quiet");
    terms.quiet = QuietHours{
        .from = std::chrono::minutes(number_member(quiet, "from")),
        .until = std::chrono::minutes(number_member(quiet, "until")),
        .then = flag_member(quiet, "skip") ? QuietHours::Then::skip : QuietHours::Then::postpone
    };
  }
  return terms;
}

Result<Recurrence> Recurrence::make(RecurrenceTerms terms) {
  if (!base::is_time_zone(terms.zone))
    return base::fail(Errc::invalid_argument, "\"" + terms.zone + "\" is no time zone");
  BELFRY_TRY(rule, read_rule(terms));
  return Recurrence(std::move(terms), std::move(rule));
}

Result<Recurrence::Rule> Recurrence::read_rule(const RecurrenceTerms& terms) {
  const std::string_view text = base::trim(terms.rule);
  if (text == "drawn") return Drawn{};
  if (const auto fields = argument_of(text, "cron")) {
    BELFRY_TRY(rule, CronRule::parse(*fields));
    return rule;
  }
  if (const auto interval = argument_of(text, "rate")) {
    BELFRY_TRY(length, read_interval(*interval));
    return Rate{length};
  }
  if (const auto calendar = argument_of(text, "rrule")) {
    BELFRY_TRY(rule, CalendarRule::parse(*calendar, *base::to_local(terms.zone, terms.start)));
    return rule;
  }
  if (const auto moment = argument_of(text, "at")) {
    BELFRY_TRY(at, read_moment(*moment, terms.zone));
    return Once{at};
  }
  return base::fail(
      Errc::invalid_argument,
      "a rule is cron(…), rate(…), rrule(…), at(…) or drawn; this is \"" + std::string(text) + "\""
  );
}

std::optional<WallTime> Recurrence::next(WallTime after) const {
  // A moment that was postponed must not be handed out again after itself.
  WallTime from = std::max(after, terms_.start - 1us);
  for (int i = 0; i < most_skipped; ++i) {
    const auto moment = next_of_rule(from);
    if (!moment || (terms_.end && *moment >= *terms_.end)) return std::nullopt;
    const auto admitted = outside_quiet_hours(*moment);
    if (admitted && *admitted > after) {
      if (terms_.end && *admitted >= *terms_.end) return std::nullopt;
      return admitted;
    }
    from = *moment;
  }
  return std::nullopt;
}

std::vector<WallTime> Recurrence::preview(WallTime after, std::size_t count) const {
  std::vector<WallTime> moments;
  while (moments.size() < count) {
    const auto moment = next(moments.empty() ? after : moments.back());
    if (!moment) break;
    moments.push_back(*moment);
  }
  return moments;
}

std::optional<WallTime> Recurrence::admit(WallTime moment) const {
  const auto admitted = outside_quiet_hours(std::max(moment, terms_.start));
  if (!admitted || (terms_.end && *admitted >= *terms_.end)) return std::nullopt;
  return admitted;
}

std::optional<WallTime> Recurrence::outside_quiet_hours(WallTime moment) const {
  if (!terms_.quiet) return moment;
  const LocalTime local = *base::to_local(terms_.zone, moment);
  const LocalTime midnight = std::chrono::floor<std::chrono::days>(local);
  const auto time = std::chrono::floor<std::chrono::minutes>(local - midnight);
  if (!terms_.quiet->contains(time)) return moment;
  if (terms_.quiet->then == QuietHours::Then::skip) return std::nullopt;
  const LocalTime today = midnight + terms_.quiet->until;
  return base::to_utc(terms_.zone, today > local ? today : today + std::chrono::days(1));
}

std::optional<WallTime> Recurrence::next_of_rule(WallTime after) const {
  if (const auto* once = std::get_if<Once>(&rule_))
    return once->at > after ? std::optional(once->at) : std::nullopt;
  if (is_drawn()) return std::nullopt;
  const auto* rate = std::get_if<Rate>(&rule_);
  if (rate == nullptr) return next_local(after);
  if (after < terms_.start) return terms_.start;
  const auto passed = (after - terms_.start) / rate->interval;
  return terms_.start + (passed + 1) * rate->interval;
}

/// Behind a gap two readings of the clock name the same hour: what was to be in the gap, moved
/// forward, and what is there by right. So moments of the rule are not in order there, and some are
/// the same.
std::optional<WallTime> Recurrence::next_local(WallTime after) const {
  const LocalTime now = *base::to_local(terms_.zone, after);
  const LocalTime before = *base::to_local(terms_.zone, after - widest_gap);
  const auto jumped = std::max<LocalTime::duration>(now - before - widest_gap, 0us);
  std::optional<WallTime> best;
  visit_local(now - jumped, [&](LocalTime local) {
    const WallTime moment = *base::to_utc(terms_.zone, local);
    if (moment > after && (!best || moment < *best)) best = moment;
    return !best || local < *base::to_local(terms_.zone, *best);
  });
  const auto* calendar = std::get_if<CalendarRule>(&rule_);
  if (best && calendar != nullptr && calendar->until() && *best > *calendar->until())
    return std::nullopt;
  return best;
}

void Recurrence::visit_local(LocalTime from, const std::function<bool(LocalTime)>& visit) const {
  if (const auto* calendar = std::get_if<CalendarRule>(&rule_)) return calendar->visit(from, visit);
  const auto& cron = std::get<CronRule>(rule_);
  for (auto found = cron.next(from); found && visit(*found);) found = cron.next(*found + 1min);
}

}  // namespace belfry::call::schedule
