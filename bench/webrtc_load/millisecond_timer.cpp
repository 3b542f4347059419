#include "webrtc_load/millisecond_timer.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

namespace belfry::bench {

MillisecondTimer::MillisecondTimer() : descriptor_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
  const timespec period{0, interval.count()};
  const itimerspec every{period, period};
  timerfd_settime(descriptor_, 0, &every, nullptr);
}

MillisecondTimer::~MillisecondTimer() {
  close(descriptor_);
}

std::uint64_t MillisecondTimer::wait() const {
  std::uint64_t times = 0;
  (void)!read(descriptor_, &times, sizeof times);
  return times;
}

}  // namespace belfry::bench
