#include "server/scheduling.hpp"

namespace belfry::server {

Scheduling::Scheduling(const Parts& parts)
    : runner_(parts.switchboard),
      call_jobs_(runner_),
      jobs_({.loop = parts.loop, .journal = parts.journal, .owner = parts.owner}),
      schedules_({parts.loop, parts.random, parts.journal, jobs_, &parts.problems}),
      campaigns_({parts.loop, parts.random, parts.journal, jobs_, runner_}),
      schedules_of_page_({parts.loop, parts.random, schedules_, parts.default_from}),
      campaigns_of_page_({parts.loop, campaigns_, parts.default_from}) {
  jobs_.add_handler(call_jobs_);
  schedules_.add_handler(call_schedules_);
  schedules_of_page_.add_to(parts.router);
  campaigns_of_page_.add_to(parts.router);
}

base::Task<base::Result<>> Scheduling::start() {
  const auto loaded = co_await campaigns_.load();
  if (!loaded) co_return base::fail(loaded.error());
  const auto working = co_await jobs_.start();
  if (!working) co_return base::fail(working.error());
  const auto resumed = co_await campaigns_.resume();
  if (!resumed) co_return base::fail(resumed.error());
  co_return co_await schedules_.start();
}

}  // namespace belfry::server
