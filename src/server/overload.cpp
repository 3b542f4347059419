#include "server/overload.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"

namespace belfry::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration interval = 50ms;
constexpr double fewest_late_ticks = 3;  // in a second

base::metrics::Gauge& overloaded_gauge() {
  static auto& gauge =
      base::metrics::gauge("belfry_overloaded", "1 while new calls are refused (overload)");
  return gauge;
}

/// The first number of a file; 0 when there is none ("max").
std::uint64_t number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? number : 0;
}

std::uint64_t memory_limit() {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PAGESIZE)));
  std::uint64_t limit = pages * page;
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    const std::uint64_t group = number_in(path);
    if (group != 0) limit = std::min(limit, group);
  }
  return limit;
}

}  // namespace

Overload::Overload(base::Loop& loop, Sources sources, Limits limits)
    : loop_(loop), sources_(std::move(sources)), limits_(limits) {
  const base::Instant due = loop_.now() + interval;
  timer_ = loop_.call_at(due, [this, due] { look(due); });
}

Overload::~Overload() {
  loop_.cancel(timer_);
}

bool Overload::refuses_calls() const {
  return seen_ && loop_.now() < until_;
}

void Overload::see(const char* sign) {
  if (!refuses_calls()) base::log::warning("server.overloaded", {{"why", sign}});
  seen_ = true;
  why_ = sign;
  until_ = loop_.now() + limits_.hold;
}

void Overload::look(base::Instant due) {
  const base::Instant now = loop_.now();
  take_lag(now - due);
  if (loop_is_late()) see("the control loop is late");
  if (sources_.store_age && sources_.store_age() > limits_.store_age) see("writes wait");
  if (++looks_ % samples_a_second == 0) {
    if (sources_.media) look_at_media();
    const Memory memory = sources_.memory ? sources_.memory() : Memory();
    const double allowed = limits_.memory * static_cast<double>(memory.limit);
    if (memory.limit != 0 && static_cast<double>(memory.used) > allowed) see("memory runs out");
    overloaded_gauge().set(refuses_calls() ? 1 : 0);
  }
  const base::Instant next = now + interval;
  timer_ = loop_.call_at(next, [this, next] { look(next); });
}

/// One long stall hides the samples that would have been taken in it: they count too.
void Overload::take_lag(base::Duration lag) {
  for (std::size_t hidden = 0; hidden < lags_.size(); ++hidden) {
    lags_[next_lag_] = lag;
    next_lag_ = (next_lag_ + 1) % lags_.size();
    lag -= interval;
    if (lag <= 0ns) break;
  }
}

bool Overload::loop_is_late() const {
  const auto late =
      std::ranges::count_if(lags_, [&](base::Duration lag) { return lag > limits_.lag; });
  return static_cast<std::size_t>(late) * 20 > lags_.size();  // the 95th percentile
}

void Overload::look_at_media() {
  const MediaTicks now = sources_.media();
  const auto all = static_cast<double>(now.all - last_ticks_.all);
  const auto late = static_cast<double>(now.late - last_ticks_.late);
  last_ticks_ = now;
  // With 50 ticks a second, one late tick is more than the share that matters, and says nothing.
  if (late >= fewest_late_ticks && late > limits_.late_ticks * all) see("media is late");
}

Overload::Memory process_memory() {
  static const std::uint64_t limit = memory_limit();
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (!(statm >> total >> resident)) return {};
  return {resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)), limit};
}

}  // namespace belfry::server
