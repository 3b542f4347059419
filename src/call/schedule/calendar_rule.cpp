#include "call/schedule/calendar_rule.hpp"

#include <libical/ical.h>

#include "base/handle.hpp"
#include "base/text.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using namespace std::chrono;

using Iterator = base::Handle<icalrecur_iterator, icalrecur_iterator_free>;
constexpr int most_steps = 200'000;
constexpr std::size_t longest_text = 1000;

icaltimetype to_ical(base::LocalTime time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  icaltimetype made = icaltime_null_time();
  made.year = static_cast<int>(date.year());
  made.month = static_cast<int>(static_cast<unsigned>(date.month()));
  made.day = static_cast<int>(static_cast<unsigned>(date.day()));
  made.hour = static_cast<int>(clock.hours().count());
  made.minute = static_cast<int>(clock.minutes().count());
  made.second = static_cast<int>(clock.seconds().count());
  return made;
}

base::LocalTime from_ical(const icaltimetype& time) {
  const year_month_day date{
      year(time.year), month(static_cast<unsigned>(time.month)),
      day(static_cast<unsigned>(time.day))
  };
  return local_days(date) + hours(time.hour) + minutes(time.minute) + seconds(time.second);
}

icalrecurrencetype read(const std::string& text) {
  return icalrecurrencetype_from_string(text.c_str());
}

/// What the rule ends by is compared in its own kind of time: here only in local time.
icalrecurrencetype without_utc_end(icalrecurrencetype rule) {
  if (icaltime_is_utc(rule.until)) rule.until = icaltime_null_time();
  return rule;
}

}  // namespace

base::Result<CalendarRule> CalendarRule::parse(std::string_view text, base::LocalTime start) {
  CalendarRule rule;
  rule.text_ = std::string(base::trim(text));
  rule.start_ = floor<seconds>(start);
  if (rule.text_.starts_with("RRULE:")) rule.text_.erase(0, 6);
  if (rule.text_.size() > longest_text)
    return base::fail(Errc::invalid_argument, "the recurrence rule is too long");
  const icalrecurrencetype read_rule = read(rule.text_);
  if (read_rule.freq == ICAL_NO_RECURRENCE)
    return base::fail(Errc::invalid_argument, "\"" + rule.text_ + "\" is no recurrence rule");
  if (read_rule.freq == ICAL_SECONDLY_RECURRENCE || read_rule.freq == ICAL_MINUTELY_RECURRENCE)
    return base::fail(
        Errc::invalid_argument, "a calendar rule is HOURLY at its finest; minutes are a rate"
    );
  if (!icaltime_is_null_time(read_rule.until) && icaltime_is_utc(read_rule.until))
    rule.until_ = base::WallTime(from_ical(read_rule.until).time_since_epoch());
  return rule;
}

void CalendarRule::visit(base::LocalTime from, const std::function<bool(base::LocalTime)>& visit)
    const {
  const icalrecurrencetype rule = without_utc_end(read(text_));
  const Iterator iterator(icalrecur_iterator_new(rule, to_ical(start_)));
  if (!iterator) return;
  // What is counted has to be counted from the start; and libical 3.0 counts hours from wherever it
  // is set.
  const bool can_begin_later = rule.count == 0 && rule.freq != ICAL_HOURLY_RECURRENCE;
  if (can_begin_later && from > start_) icalrecur_iterator_set_start(iterator.get(), to_ical(from));
  for (int step = 0; step < most_steps; ++step) {
    const icaltimetype time = icalrecur_iterator_next(iterator.get());
    if (icaltime_is_null_time(time)) return;
    const base::LocalTime found = from_ical(time);
    if (found >= from && !visit(found)) return;
  }
}

}  // namespace belfry::call::schedule
