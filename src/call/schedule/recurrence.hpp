#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time_zone.hpp"
#include "call/schedule/calendar_rule.hpp"
#include "call/schedule/cron.hpp"

namespace belfry::call::schedule {

/// Hours of the day, local, at which nothing happens; `from` after `until` goes over midnight.
struct QuietHours {
  std::chrono::minutes from{0};
  std::chrono::minutes until{0};
  enum class Then {
    postpone,  // to the end of the quiet hours
    skip       // it does not take place
  } then = Then::postpone;

  bool contains(std::chrono::minutes time_of_day) const;
  bool operator==(const QuietHours&) const = default;
};

/// When something is to happen, as people say it. Stored with the schedule.
struct RecurrenceTerms {
  /// One of
  ///   `cron(0 9 * * MON-FRI)`      five fields, local time
  ///   `rate(5 minutes)`            minutes, hours or days of elapsed time, counted from `start`
  ///   `rrule(FREQ=WEEKLY;BYDAY=MO)` RFC 5545, local time, from `start`
  ///   `at(2026-03-08T02:30:00)`    once, local time; with a `Z` in UTC
  ///   `drawn`                      the owner draws each next moment
  std::string rule;
  std::string zone = "UTC";                // IANA
  base::WallTime start{};                  // nothing is due before it
  std::optional<base::WallTime> end = {};  // nothing is due from it on
  std::optional<QuietHours> quiet = {};

  base::json::object to_json() const;
  /// Of what `to_json` wrote.
  static RecurrenceTerms from_json(const base::json::object& value);
  bool operator==(const RecurrenceTerms&) const = default;
};

/// The moments of a rule (rule R5: wall time and zone make each instant anew). Reads no clock.
/// Pure; any thread.
class Recurrence {
 public:
  /// @return Errc::invalid_argument saying what is wrong with the rule or the zone.
  static base::Result<Recurrence> make(RecurrenceTerms terms);

  /// The first moment after `after`; nothing when there is none, or when they are drawn.
  std::optional<base::WallTime> next(base::WallTime after) const;
  /// At most `count` moments after `after`, in order.
  std::vector<base::WallTime> preview(base::WallTime after, std::size_t count) const;
  /// What quiet hours and the end make of a moment that the owner has drawn.
  std::optional<base::WallTime> admit(base::WallTime moment) const;
  bool is_drawn() const { return std::holds_alternative<Drawn>(rule_); }
  const RecurrenceTerms& terms() const { return terms_; }

 private:
  struct Rate {
    std::chrono::seconds interval;
  };
  struct Once {
    base::WallTime at;
  };
  struct Drawn {};
  using Rule = std::variant<CronRule, Rate, CalendarRule, Once, Drawn>;

  explicit Recurrence(RecurrenceTerms terms, Rule rule)
      : terms_(std::move(terms)), rule_(std::move(rule)) {}
  static base::Result<Rule> read_rule(const RecurrenceTerms& terms);
  /// Of the rule alone, without quiet hours.
  std::optional<base::WallTime> next_of_rule(base::WallTime after) const;
  std::optional<base::WallTime> next_local(base::WallTime after) const;
  void visit_local(base::LocalTime from, const std::function<bool(base::LocalTime)>& visit) const;
  /// @return nothing when it is skipped.
  std::optional<base::WallTime> outside_quiet_hours(base::WallTime moment) const;

  RecurrenceTerms terms_;
  Rule rule_;
};

}  // namespace belfry::call::schedule
