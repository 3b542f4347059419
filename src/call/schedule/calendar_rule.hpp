#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time_zone.hpp"

namespace belfry::call::schedule {

/// A recurrence rule of RFC 5545 section 3.3.10 (`FREQ=MONTHLY;BYDAY=-1FR`) over floating local
/// time, so that nine in the morning stays nine in the morning. HOURLY is the finest frequency.
/// Pure; any thread.
class CalendarRule {
 public:
  /// @param start DTSTART: the first moment when the rule names it, and what its intervals are
  /// counted from.
  /// @return Errc::invalid_argument for what is no rule or too fine.
  static base::Result<CalendarRule> parse(std::string_view text, base::LocalTime start);

  /// Hands out the moments from `from` on, in order, until `visit` says false, the rule ends, or
  /// 200,000 steps have been made.
  void visit(base::LocalTime from, const std::function<bool(base::LocalTime)>& visit) const;
  /// An UNTIL in UTC, which local times cannot be compared with.
  std::optional<base::WallTime> until() const { return until_; }

 private:
  std::string text_;
  base::LocalTime start_;
  std::optional<base::WallTime> until_;
};

}  // namespace belfry::call::schedule
