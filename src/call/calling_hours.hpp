#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace belfry::call {

/// When people may be called by a machine, by the clock of the callee (rule P1; 47 CFR
/// 64.1200(c)(1)). A number tells its country only, and all time zones of it must agree.
struct CallingHours {
  std::chrono::minutes from = std::chrono::hours(8);
  std::chrono::minutes until = std::chrono::hours(21);

  bool is_any_hour() const { return from <= from.zero() && until >= std::chrono::hours(24); }
  /// A number of no country, or one whose zones nobody knows, may be called at any hour.
  /// @return Errc::refused outside the hours: what time it is there, and when it opens (UTC).
  base::Result<> admit(const std::string& number, base::WallTime now) const;
  /// When it may be called, from `now` on; nothing when its zones have no such hour in common.
  std::optional<base::WallTime> opening(const std::string& number, base::WallTime now) const;
};

}  // namespace belfry::call
