#pragma once
#include <atomic>
#include <cstdint>
#include <thread>

#include "base/time.hpp"

namespace belfry::bench {

/// How often a core does nothing for anybody: a thread on it that goes before all others, where
/// that is allowed, and wants to run every millisecond. What is late by that is the machine's
/// fault.
class Halts {
 public:
  static constexpr base::Duration long_after = std::chrono::milliseconds(5);

  /// @param core -1: none is watched
  explicit Halts(int core);
  ~Halts();
  Halts(const Halts&) = delete;
  Halts& operator=(const Halts&) = delete;

  void restart_counts() { count_ = worst_ns_ = 0; }
  std::uint64_t count() const { return count_; }
  base::Duration worst() const { return base::Duration(worst_ns_.load()); }

 private:
  void run(int core);

  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<std::int64_t> worst_ns_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace belfry::bench
