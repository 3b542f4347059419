#include "base/loop.hpp"

namespace belfry::base {

void Loop::post_from_any_thread(Work work) {
  bool was_empty = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    was_empty = inbox_.empty();
    inbox_.push_back(std::move(work));
  }
  if (was_empty && wake_) wake_();
}

TimerId Loop::call_at(Instant when, Work work) {
  const TimerId timer = ++last_timer_;
  timers_.emplace(TimerKey{when, timer}, std::move(work));
  timer_times_.emplace(timer, when);
  return timer;
}

bool Loop::cancel(TimerId timer) {
  const auto found = timer_times_.find(timer);
  if (found == timer_times_.end()) return false;
  timers_.erase(TimerKey{found->second, timer});
  timer_times_.erase(found);
  return true;
}

void Loop::take_inbox() {
  std::vector<Work> arrived;
  {
    const std::lock_guard lock(inbox_mutex_);
    arrived.swap(inbox_);
  }
  for (Work& work : arrived) ready_.push_back(std::move(work));
}

std::size_t Loop::run_posted() {
  // One round: what this round posts waits for the next, so that timers and other threads get their
  // turn.
  std::size_t ran = 0;
  for (std::size_t round = ready_.size(); round > 0; --round, ++ran) {
    Work work = std::move(ready_.front());
    ready_.pop_front();
    work();
  }
  return ran;
}

std::size_t Loop::run_due_timers() {
  // Taken one by one: a timer that runs may cancel the next.
  std::size_t ran = 0;
  const Instant now = clock_.now();
  const TimerId newest = last_timer_;
  for (auto next = timers_.begin(); next != timers_.end() && next->first.first <= now;
       next = timers_.begin()) {
    if (next->first.second > newest) break;
    auto due = timers_.extract(next);
    timer_times_.erase(due.key().second);
    due.mapped()();
    ++ran;
  }
  return ran;
}

std::size_t Loop::run_ready() {
  std::size_t total = 0;
  while (true) {
    take_inbox();
    const std::size_t ran = run_posted() + run_due_timers();
    if (ran == 0) return total;
    total += ran;
  }
}

std::optional<Instant> Loop::next_due() const {
  if (!ready_.empty()) return clock_.now();
  {
    const std::lock_guard lock(inbox_mutex_);
    if (!inbox_.empty()) return clock_.now();
  }
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

}  // namespace belfry::base
