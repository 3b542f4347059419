#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace belfry::base {

/// First in, first out, at most `Capacity` values, all memory inside the object: for machines on
/// media threads, which must not allocate. One thread.
template <class T, std::size_t Capacity>
class FixedQueue {
 public:
  /// @return false when full; the value is then dropped.
  bool push(T value) {
    if (size_ == Capacity) return false;
    values_[(first_ + size_) % Capacity] = std::move(value);
    ++size_;
    return true;
  }
  std::optional<T> pop() {
    if (size_ == 0) return std::nullopt;
    std::optional<T> value(std::exchange(values_[first_], T{}));
    first_ = (first_ + 1) % Capacity;
    --size_;
    return value;
  }
  T& front() { return values_[first_]; }
  const T& front() const { return values_[first_]; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  static constexpr std::size_t capacity() { return Capacity; }

 private:
  std::array<T, Capacity> values_{};
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace belfry::base
