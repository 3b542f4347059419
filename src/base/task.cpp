#include "base/task.hpp"

#include <map>

#include "base/log.hpp"

namespace belfry::base {

struct TaskGroup::State {
  explicit State(Loop& on) : loop(on) {}

  /// Ends tasks up to `id`, newest first; a task's destructor may reach back into the group.
  void end_up_to(std::uint64_t id) {
    while (!tasks.empty()) {
      auto next = tasks.upper_bound(id);
      if (next == tasks.begin()) return;
      const auto ended = tasks.extract(std::prev(next));
    }
  }

  Loop& loop;
  std::map<std::uint64_t, Task<void>> tasks;
  std::uint64_t last_id = 0;
};

TaskGroup::TaskGroup(Loop& loop) : state_(std::make_shared<State>(loop)) {}
TaskGroup::~TaskGroup() {
  state_->end_up_to(state_->last_id);
}

bool TaskGroup::empty() const {
  return state_->tasks.empty();
}

Task<void> TaskGroup::supervise(std::weak_ptr<State> group, std::uint64_t id, Task<void> task) {
  try {
    co_await std::move(task);
  } catch (const std::exception& error) {
    log::error("task.defect", {{"what", error.what()}});
  }
  // A frame must not be destroyed while it runs its last line, so its removal is posted.
  if (auto alive = group.lock()) {
    alive->loop.post([group, id] {
      if (auto still = group.lock()) still->tasks.erase(id);
    });
  }
}

void TaskGroup::spawn(Task<void> task) {
  const std::uint64_t id = ++state_->last_id;
  std::weak_ptr<State> group = state_;
  state_->tasks.emplace(id, supervise(group, id, std::move(task)));
  state_->loop.post([group, id] {
    auto alive = group.lock();
    if (!alive) return;
    if (auto found = alive->tasks.find(id); found != alive->tasks.end()) found->second.start();
  });
}

void TaskGroup::cancel() {
  std::weak_ptr<State> group = state_;
  state_->loop.post([group, last = state_->last_id] {
    if (auto alive = group.lock()) alive->end_up_to(last);
  });
}

}  // namespace belfry::base
