#include "webrtc_load/halts.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>

#include "webrtc_load/millisecond_timer.hpp"

namespace belfry::bench {

Halts::Halts(int core) {
  if (core >= 0) thread_ = std::thread([this, core] { run(core); });
}

Halts::~Halts() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Halts::run(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
  sched_param before_all{};
  before_all.sched_priority = sched_get_priority_max(SCHED_RR);
  pthread_setschedparam(pthread_self(), SCHED_RR, &before_all);
  const MillisecondTimer timer;
  const base::SystemClock clock;
  base::Instant last = clock.now();
  while (!stop_) {
    timer.wait();
    const base::Instant now = clock.now();
    const base::Duration late = now - last - MillisecondTimer::interval;
    last = now;
    if (late > long_after) ++count_;
    worst_ns_ = std::max<std::int64_t>(worst_ns_, late.count());
  }
}

}  // namespace belfry::bench
