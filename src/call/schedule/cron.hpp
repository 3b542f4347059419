#pragma once
#include <bitset>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/time_zone.hpp"

namespace belfry::call::schedule {

/// The five fields of crontab(5): minute, hour, day of month, month, day of week, each `*`, numbers
/// and names (JAN, MON; 7 is Sunday too), ranges, lists and steps (`*/5`, `10-20/2`, `MON-FRI`). As
/// with cron, when both day fields are restricted, either will do. Pure; any thread.
class CronRule {
 public:
  /// @return Errc::invalid_argument naming the field.
  static base::Result<CronRule> parse(std::string_view text);

  /// The first moment at or after `from`; nothing when there is none in nine years (31 February).
  std::optional<base::LocalTime> next(base::LocalTime from) const;

 private:
  bool has_day(std::chrono::year_month_day day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // 1 to 31
  std::bitset<13> months_;   // 1 to 12
  std::bitset<7> weekdays_;  // 0: Sunday
  bool any_day_ = false;     // of the month: `*` or `*/n`, so that only the weekday counts
  bool any_weekday_ = false;
};

}  // namespace belfry::call::schedule
