#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace belfry::base {

using Work = std::move_only_function<void()>;

/// Names one timer of a `Loop`; 0 is none.
using TimerId = std::uint64_t;

/// The control plane's run queue and timers: everything that is not media happens inside
/// `run_ready()`. It waits for nothing itself. In a server `net::Driver` calls it whenever a
/// socket, timer or other thread has something; in a simulation the fixture calls it and moves the
/// clock. Work runs in the order in which it was posted, timers in order of time and, at the same
/// time, of creation: a run is repeatable.
///
/// One thread (the control thread), but for `post_from_any_thread`.
class Loop {
 public:
  explicit Loop(const Clock& clock) : clock_(clock) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Instant now() const { return clock_.now(); }
  WallTime wall_now() const { return clock_.wall_now(); }

  /// Runs `work` on a later turn of the loop, never inside this call.
  void post(Work work) { ready_.push_back(std::move(work)); }
  /// Likewise, from another thread (store, speech, media). Wakes the loop.
  void post_from_any_thread(Work work);

  TimerId call_at(Instant when, Work work);
  TimerId call_after(Duration delay, Work work) { return call_at(now() + delay, std::move(work)); }
  /// @return false when the timer has run or never was.
  bool cancel(TimerId timer);

  /// Runs what is due and what that posts, until nothing is due at `now()`.
  /// @return how many pieces of work ran.
  std::size_t run_ready();
  /// When `run_ready` must be called next: `now()` if work waits, nothing if the loop is idle.
  std::optional<Instant> next_due() const;

  /// How `post_from_any_thread` rouses the owner; called on the posting thread. Set before threads
  /// start.
  void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  using TimerKey = std::pair<Instant, TimerId>;

  void take_inbox();
  std::size_t run_posted();
  std::size_t run_due_timers();

  const Clock& clock_;
  std::map<TimerKey, Work> timers_;
  std::map<TimerId, Instant> timer_times_;
  TimerId last_timer_ = 0;

  // After the timers, so destroyed before them: posted work may own tasks that sleep, and a
  // destroyed sleeper takes its timer away.
  std::deque<Work> ready_;
  mutable std::mutex inbox_mutex_;
  std::vector<Work> inbox_;
  std::function<void()> wake_;
};

}  // namespace belfry::base
