#pragma once
#include <cstdint>

#include "base/time.hpp"

namespace belfry::bench {

/// Goes off every millisecond, by the kernel's clock: what comes late once does not shift the rest.
class MillisecondTimer {
 public:
  static constexpr base::Duration interval = std::chrono::milliseconds(1);

  MillisecondTimer();
  ~MillisecondTimer();
  MillisecondTimer(const MillisecondTimer&) = delete;
  MillisecondTimer& operator=(const MillisecondTimer&) = delete;

  /// @return how often it has gone off since the last call; blocks until that is once.
  std::uint64_t wait() const;

 private:
  int descriptor_;
};

}  // namespace belfry::bench
