#pragma once
#include <atomic>
#include <cstddef>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace belfry::base {

/// A bounded queue from one thread to one other, without locks. The slots are made at construction;
/// pushing and popping move values and allocate nothing themselves.
template <class T>
class Ring {
 public:
  /// @param capacity rounded up to a power of two.
  explicit Ring(std::size_t capacity) : slots_(round_up(capacity)) {}
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Takes `value`. @return false when it is full; `value` is then untouched. Writer's thread.
  bool push(T& value) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == slots_.size()) return false;
    slots_[head & (slots_.size() - 1)].emplace(std::move(value));
    head_.store(head + 1, std::memory_order_release);
    return true;
  }
  /// Reader's thread.
  std::optional<T> pop() {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_.load(std::memory_order_acquire)) return std::nullopt;
    std::optional<T>& slot = slots_[tail & (slots_.size() - 1)];
    std::optional<T> value(std::move(slot));
    slot.reset();
    tail_.store(tail + 1, std::memory_order_release);
    return value;
  }
  /// A moment's truth.
  bool empty() const {
    return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
  }

 private:
  static std::size_t round_up(std::size_t capacity) {
    std::size_t size = 2;
    while (size < capacity) size *= 2;
    return size;
  }

  std::vector<std::optional<T>> slots_;
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace belfry::base
