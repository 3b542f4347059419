#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/record.hpp"

namespace belfry::call {

/// What some calls that are over came to. They count in the moment in which they were placed or
/// came in.
struct CallFigures {
  std::int64_t calls = 0;
  std::int64_t answered = 0;
  std::int64_t seconds = 0;  // of conversation
  std::int64_t minutes = 0;  // each that has begun, as usage counts them
  /// Outbound through a trunk, answered or not, and their minutes: what costs money.
  std::int64_t paid_calls = 0;
  std::int64_t paid_minutes = 0;

  CallFigures& operator+=(const CallFigures& other);
  bool operator==(const CallFigures&) const = default;
};

/// Of one call that is over.
CallFigures figures_of(const LegRecord& leg);

/// Figures are kept by these: whatever the time zone, its hours and days begin with one.
inline constexpr std::chrono::minutes figures_step{15};

/// Whose call it is within its application, as the program's parameter `group` says; empty: nobody
/// asked.
std::string group_of(const LegRecord& leg);

struct CallFiguresQuery {
  /// Ascending multiples of `figures_step`, at least two; figures are those of the spans between
  /// them.
  std::vector<base::WallTime> borders;
  std::string application = {};  // empty: all
  std::string group = {};        // of the application, empty: all
  std::size_t most_groups = 100;
};

struct CallAnalysis {
  /// For each span those applications that had calls.
  std::vector<std::map<std::string, CallFigures>> spans;
  struct Group {
    std::string application;
    std::string group;
    CallFigures figures;
  };
  std::vector<Group> groups;  // those with the most calls first
};

/// Adds up the calls that are over. Each counts once: with the commit that ends it. Control thread.
class CallStatistics {
 public:
  virtual ~CallStatistics() = default;
  virtual base::Task<base::Result<CallAnalysis>> analyse_calls(CallFiguresQuery query) = 0;
};

}  // namespace belfry::call
