#pragma once
#include <string>

#include "admin/campaigns.hpp"
#include "admin/schedules.hpp"
#include "call/notifications.hpp"
#include "call/schedule/call_schedules.hpp"
#include "call/schedule/campaigns.hpp"
#include "call/schedule/schedules.hpp"
#include "http/router.hpp"

namespace belfry::server {

/// What a `System` does at given times: jobs, schedules and campaigns with their pages' API.
/// Control thread.
class Scheduling {
 public:
  struct Parts {
    base::Loop& loop;
    base::Random& random;
    call::Journal& journal;
    call::Switchboard& switchboard;
    call::Notifications& problems;
    http::Router& router;
    std::string owner;         // the same after every restart on the same data
    std::string default_from;  // shown to the party when nothing else is said
  };
  explicit Scheduling(const Parts& parts);
  Scheduling(const Scheduling&) = delete;
  Scheduling& operator=(const Scheduling&) = delete;

  /// For applications: their handlers are added before `start`.
  call::schedule::Jobs& jobs() { return jobs_; }
  call::schedule::Schedules& schedules() { return schedules_; }
  call::schedule::CallRunner& runner() { return runner_; }
  call::schedule::Campaigns& campaigns() { return campaigns_; }

  /// When the calls of the last process are taken up.
  base::Task<base::Result<>> start();

 private:
  call::schedule::CallRunner runner_;
  call::schedule::CallJobs call_jobs_;
  call::schedule::CallSchedules call_schedules_;
  call::schedule::Jobs jobs_;
  call::schedule::Schedules schedules_;
  call::schedule::Campaigns campaigns_;
  admin::Schedules schedules_of_page_;
  admin::Campaigns campaigns_of_page_;
};

}  // namespace belfry::server
