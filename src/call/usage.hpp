#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "call/event_feed.hpp"
#include "call/journal.hpp"

namespace belfry::call {

/// What an account has used on one day (UTC): how often, and how much in the category's unit
/// (minutes of calls and recordings, messages).
struct UsageCount {
  std::int64_t count = 0;
  std::int64_t amount = 0;
};

/// Counts what accounts use, by day and category, as documents ("usage", key account + day, tag the
/// account): the API's usage records, and what the caps of rule F2 are measured by. Control thread.
class Usage {
 public:
  using Day = std::chrono::sys_days;
  using Counts = std::map<std::string, UsageCount, std::less<>>;
  static constexpr std::string_view collection = "usage";
  /// Calls through trunks, and their minutes: what costs money.
  static constexpr std::string_view paid_calls = "trunk-calls";
  /// Recordings that are kept, and their minutes; a category of `change`.
  static constexpr std::string_view stored_recordings = "recordingstorage";

  Usage(base::Loop& loop, Journal& journal) : loop_(loop), journal_(journal) {}

  /// At start: what today has seen so far, so that a restart gives nobody a new day.
  base::Task<base::Result<>> load();
  /// Ended calls are counted from now on. `is_paid` tells which of them went through a trunk.
  void watch(EventFeed& feed, std::function<bool(const LegRecord&)> is_paid);

  void add(const std::string& account_sid, std::string_view category, std::int64_t amount);
  /// For a category of what is kept: what has come since, and what has gone (below 0). What there
  /// is at the end of a day is the sum up to it.
  void change(const std::string& account_sid, std::string_view category, UsageCount by);
  /// So far today.
  UsageCount today(const std::string& account_sid, std::string_view category) const;

  struct DayCounts {
    Day day;
    Counts counts;
  };
  /// From `first` to `last` (both in it), oldest first; days without anything are left out.
  base::Task<base::Result<std::vector<DayCounts>>> between(
      std::string account_sid, Day first, Day last
  );

 private:
  struct Running {
    Day day{};
    Counts counts;
    base::WallTime created{};
  };
  static void bump(Running& day, std::string_view category, UsageCount by);
  Running& running(const std::string& account_sid);
  void count_ended(const LegRecord& leg);
  void store(const std::string& account_sid, const Running& day);

  base::Loop& loop_;
  Journal& journal_;
  std::map<std::string, Running> today_;  // by account
  std::function<bool(const LegRecord&)> is_paid_;
  EventFeed::Subscription events_;
};

}  // namespace belfry::call
