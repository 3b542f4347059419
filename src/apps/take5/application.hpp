#pragma once
#include <array>
#include <functional>

#include "apps/take5/call_routes.hpp"
#include "apps/take5/people_routes.hpp"
#include "apps/take5/start_jobs.hpp"

namespace belfry::apps::take5 {

/// All of Take5: groups of people who are called together at a planned or random moment. Control
/// thread.
class Application {
 public:
  /// What it keeps of calls, for housekeeping (rule P5).
  static constexpr std::array<std::string_view, 4> call_collections = {
      call_collection, leg_collection, occurrence_collection, moment_collection
  };
  struct Parts {
    base::Loop& loop;
    base::Random& random;
    call::Switchboard& switchboard;
    call::Conferences& conferences;
    call::Speech& speech;
    call::Messages& messages;
    call::MetricStore& metrics;
    call::schedule::Jobs& jobs;
    call::schedule::Schedules& schedules;
    const identity::Accounts& accounts;
  };
  struct Settings {
    std::string account_sid;
    std::string environment = "development";  // of the metrics
    bool seed = false;                        // sample users and groups where there are none
    CallSettings calls;
    Door::Settings door;
  };
  Application(const Parts& parts, const Settings& settings);

  void add_to(http::Router& router);
  /// Shown to the members, and sender of the messages (E.164). Before `load`.
  void set_outbound_number(const std::string& number);
  /// The program of its legs, for the switchboard's services.
  call::ProgramFactory& program() { return calls_; }

  // At start, in this order.
  /// Before the switchboard takes up its legs.
  base::Task<base::Result<>> load();
  /// After that, before jobs and schedules start.
  base::Task<base::Result<>> recover();
  /// After that.
  base::Task<base::Result<>> start();

  /// Told of each change of a call.
  void on_change(std::function<void(const CallRecord&)> listener) {
    listener_ = std::move(listener);
  }
  Directory& directory() { return directory_; }
  Calls& calls() { return calls_; }

 private:
  base::Task<base::Result<>> seed();

  bool seeds_;
  std::function<void(const CallRecord&)> listener_;
  Directory directory_;
  Figures figures_;
  Calls calls_;
  StartJobs start_jobs_;
  Texts texts_;
  Planner planner_;
  Door door_;
  PeopleRoutes people_routes_;
  CallRoutes call_routes_;
};

}  // namespace belfry::apps::take5
