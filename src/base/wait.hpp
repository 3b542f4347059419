#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/task.hpp"

/// What a `Task` can wait for besides time. All on the loop's thread; all unregister when the
/// waiter is destroyed.
namespace belfry::base {

namespace detail {

/// A wake-up that can be taken back: a timer that is due now.
class WakeUp {
 public:
  explicit WakeUp(Loop& loop) : loop_(loop) {}
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;
  ~WakeUp() { cancel(); }
  void schedule(std::coroutine_handle<> waiter) {
    if (timer_ != 0) return;
    timer_ = loop_.call_at(loop_.now(), [this, waiter] {
      timer_ = 0;
      waiter.resume();
    });
  }
  void cancel() {
    if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
  }

 private:
  Loop& loop_;
  TimerId timer_ = 0;
};

template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
Task<Stored<T>> stored(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(task);
    co_return std::monostate{};
  } else {
    co_return co_await std::move(task);
  }
}

}  // namespace detail

/// Something that happens once; any number of tasks may wait for it, also afterwards.
class Event {
 public:
  explicit Event(Loop& loop) : loop_(loop) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set() {
    set_ = true;
    for (Awaiter* waiter : waiters_) waiter->wake.schedule(waiter->handle);
    waiters_.clear();
  }
  bool is_set() const { return set_; }

  struct Awaiter {
    explicit Awaiter(Event& awaited) : event(awaited), wake(awaited.loop_) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { std::erase(event.waiters_, this); }
    bool await_ready() const noexcept { return event.set_; }
    void await_suspend(std::coroutine_handle<> waiter) {
      handle = waiter;
      event.waiters_.push_back(this);
    }
    void await_resume() const noexcept {}

    Event& event;
    detail::WakeUp wake;
    std::coroutine_handle<> handle;
  };
  Awaiter wait() { return Awaiter(*this); }

 private:
  Loop& loop_;
  bool set_ = false;
  std::vector<Awaiter*> waiters_;
};

/// A queue with one reader: `co_await mailbox.pop()`. The writer bounds it, if it can grow.
template <class T>
class Mailbox {
 public:
  explicit Mailbox(Loop& loop) : loop_(loop) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void push(T value) {
    values_.push_back(std::move(value));
    if (reader_ != nullptr) reader_->wake.schedule(reader_->handle);
  }
  std::optional<T> try_pop() {
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    return value;
  }
  void clear() { values_.clear(); }
  std::size_t size() const { return values_.size(); }

  struct Awaiter {
    explicit Awaiter(Mailbox& awaited) : mailbox(awaited), wake(awaited.loop_) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (mailbox.reader_ == this) mailbox.reader_ = nullptr;
    }
    bool await_ready() const noexcept { return !mailbox.values_.empty(); }
    void await_suspend(std::coroutine_handle<> waiter) {
      handle = waiter;
      mailbox.reader_ = this;
    }
    T await_resume() {
      mailbox.reader_ = nullptr;
      return std::move(*mailbox.try_pop());
    }

    Mailbox& mailbox;
    detail::WakeUp wake;
    std::coroutine_handle<> handle;
  };
  Awaiter pop() { return Awaiter(*this); }

 private:
  Loop& loop_;
  std::deque<T> values_;
  Awaiter* reader_ = nullptr;
};

/// Runs both; gives what the first to finish returned (`void` as `std::monostate`) and destroys the
/// other. An exception of the winner is rethrown.
template <class A, class B>
class [[nodiscard]] Race {
 public:
  using Outcome = std::variant<detail::Stored<A>, detail::Stored<B>>;

  Race(Loop& loop, Task<A> first, Task<B> second)
      : wake_(loop),
        first_(detail::stored(std::move(first))),
        second_(detail::stored(std::move(second))) {}
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    first_branch_ = run<0>(*this, std::move(first_));
    first_branch_.start();
    if (finished()) return;
    second_branch_ = run<1>(*this, std::move(second_));
    second_branch_.start();
  }
  Outcome await_resume() {
    first_branch_.reset();
    second_branch_.reset();
    if (error_) std::rethrow_exception(error_);
    return std::move(*outcome_);
  }

 private:
  bool finished() const { return outcome_.has_value() || error_; }

  template <std::size_t Index, class T>
  static Task<void> run(Race& race, Task<T> task) {
    std::exception_ptr error;
    std::optional<T> value;
    try {
      value.emplace(co_await std::move(task));
    } catch (...) {
      error = std::current_exception();
    }
    if (race.finished()) co_return;
    race.error_ = error;
    if (value) race.outcome_.emplace(std::in_place_index<Index>, std::move(*value));
    race.wake_.schedule(race.waiter_);
  }

  detail::WakeUp wake_;
  std::coroutine_handle<> waiter_;
  Task<detail::Stored<A>> first_;
  Task<detail::Stored<B>> second_;
  Task<void> first_branch_;
  Task<void> second_branch_;
  std::optional<Outcome> outcome_;
  std::exception_ptr error_;
};

template <class A, class B>
Race<A, B> race(Loop& loop, Task<A> first, Task<B> second) {
  return Race<A, B>(loop, std::move(first), std::move(second));
}

inline Task<void> deadline(Loop& loop, Instant when) {
  co_await sleep_until(loop, when);
}

/// The task's value, or nothing when `limit` passed first (the task is then destroyed).
template <class T>
Task<std::optional<detail::Stored<T>>> with_time_limit(Loop& loop, Task<T> task, Duration limit) {
  Task<void> alarm = deadline(loop, loop.now() + limit);
  auto outcome = co_await race(loop, std::move(task), std::move(alarm));
  if (outcome.index() == 1) co_return std::nullopt;
  co_return std::optional<detail::Stored<T>>(std::move(std::get<0>(outcome)));
}

/// One answer that arrives by callback, for adapters: keep the `Resolver`, hand out `wait()`.
/// The first `resolve` counts; one that comes after the waiter is gone does nothing.
template <class T>
class Completion {
 private:
  struct State {
    explicit State(Loop& loop) : done(loop) {}
    Event done;
    std::optional<T> value;
  };

 public:
  class Resolver {
   public:
    void operator()(T value) const {
      auto state = state_.lock();
      if (!state || state->value) return;
      state->value.emplace(std::move(value));
      state->done.set();
    }

   private:
    friend class Completion;
    explicit Resolver(std::weak_ptr<State> state) : state_(std::move(state)) {}
    std::weak_ptr<State> state_;
  };

  explicit Completion(Loop& loop) : state_(std::make_shared<State>(loop)) {}
  Resolver resolver() const { return Resolver(state_); }
  Task<T> wait() { return wait_for(state_); }

 private:
  static Task<T> wait_for(std::shared_ptr<State> state) {
    co_await state->done.wait();
    co_return std::move(*state->value);
  }

  std::shared_ptr<State> state_;  // resolvers hold it weakly
};

}  // namespace belfry::base
