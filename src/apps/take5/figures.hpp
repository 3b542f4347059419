#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/loop.hpp"
#include "call/metric_store.hpp"

namespace belfry::apps::take5 {

/// What is counted of the calls, in CloudWatch's namespace `Take5/Calls`, and the analytics that
/// are read from it. Control thread.
class Figures {
 public:
  struct Settings {
    std::string account_sid;
    std::string environment = "development";  // value of the dimension `Environment`
  };
  Figures(base::Loop& loop, call::MetricStore& metrics, Settings settings)
      : loop_(loop), metrics_(metrics), settings_(std::move(settings)) {}

  /// One more `name` (CallCreated, CallStarted …) of that group, under each set of dimensions that
  /// is asked for: a reader must name exactly the dimensions that a value was written with.
  /// @param id of what is counted: the same one twice is counted once
  void count(std::string_view name, std::int64_t group, std::string id);

  struct Period {
    base::WallTime start;
    base::WallTime end;
  };
  /// The body of `GET /api/chime/analytics/{groupId}`.
  base::Task<base::Result<base::json::object>> analytics(std::int64_t group, Period period);

 private:
  base::Loop& loop_;
  call::MetricStore& metrics_;
  Settings settings_;
};

}  // namespace belfry::apps::take5
