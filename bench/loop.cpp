// The control plane's run queue: what one posted piece of work and one timer cost.
#include "base/loop.hpp"

#include <benchmark/benchmark.h>

namespace {

using belfry::base::Loop;
using belfry::base::VirtualClock;

void post_and_run(benchmark::State& state) {
  const VirtualClock clock;
  Loop loop(clock);
  std::size_t ran = 0;
  for (auto _ : state) {
    loop.post([&ran] { ++ran; });
    loop.run_ready();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(ran));
}
BENCHMARK(post_and_run);

/// Sets and cancels a time-out while `range` others wait, as each answered request does.
void set_and_cancel_timer(benchmark::State& state) {
  const VirtualClock clock;
  Loop loop(clock);
  for (std::int64_t other = 0; other < state.range(0); ++other)
    loop.call_after(std::chrono::seconds(1 + other % 60), [] {});
  for (auto _ : state) {
    const auto timer = loop.call_after(std::chrono::seconds(30), [] {});
    benchmark::DoNotOptimize(loop.cancel(timer));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(set_and_cancel_timer)->Arg(0)->Arg(10'000)->Arg(100'000);

}  // namespace
