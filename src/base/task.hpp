#pragma once
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "base/loop.hpp"

namespace belfry::base {

/// Coroutines of the control plane. A `Task` is lazy: it starts when awaited or spawned, runs on
/// the loop's thread, and **is cancelled by being destroyed**: what it waits for unregisters itself
/// in its destructor, what it owns is released in order. So "ending a call cancels all that it
/// owns" is the destruction of its `TaskGroup`. Nothing resumes a coroutine from inside somebody
/// else's call: every wake-up goes through `Loop::post`, which is why a task may end its own owner.
template <class T = void>
class Task;

namespace detail {

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) const noexcept {
    auto next = finished.promise().continuation;
    return next ? next : std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation;
  std::exception_ptr error;
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (error) std::rethrow_exception(error);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (error) std::rethrow_exception(error);
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() { reset(); }

  bool valid() const { return static_cast<bool>(handle_); }
  /// Runs until the first wait, for owners (`TaskGroup`, `race`); everybody else awaits.
  void start() const { handle_.resume(); }
  void reset() {
    if (handle_) std::exchange(handle_, {}).destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) const noexcept {
        handle.promise().continuation = caller;
        return handle;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    return Awaiter{handle_};
  }

 private:
  Handle handle_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// Owns running tasks. Destroying it destroys them, newest first; that must not happen from inside
/// one of them: a task that ends its owner calls `cancel()`. An exception that leaves a spawned
/// task is a defect of ours: it is logged, the task ends.
class TaskGroup {
 public:
  explicit TaskGroup(Loop& loop);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  /// Starts `task` on a later turn of the loop.
  void spawn(Task<void> task);
  /// Ends all tasks on a later turn of the loop. Tasks spawned after the call are not affected.
  void cancel();
  bool empty() const;

 private:
  struct State;
  static Task<void> supervise(std::weak_ptr<State> group, std::uint64_t id, Task<void> task);

  std::shared_ptr<State> state_;  // posted work holds it weakly, to see that the group is gone
};

/// Waits until `when`. Throws nothing; a destroyed waiter leaves no timer behind.
class [[nodiscard]] Sleep {
 public:
  Sleep(Loop& loop, Instant when) : loop_(loop), when_(when) {}
  Sleep(const Sleep&) = delete;
  Sleep& operator=(const Sleep&) = delete;
  ~Sleep() {
    if (timer_ != 0) loop_.cancel(timer_);
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    timer_ = loop_.call_at(when_, [this, waiter] {
      timer_ = 0;
      waiter.resume();
    });
  }
  void await_resume() const noexcept {}

 private:
  Loop& loop_;
  Instant when_;
  TimerId timer_ = 0;
};

inline Sleep sleep_until(Loop& loop, Instant when) {
  return {loop, when};
}
inline Sleep sleep_for(Loop& loop, Duration delay) {
  return {loop, loop.now() + delay};
}

}  // namespace belfry::base
