#pragma once
#include <functional>
#include <string>

#include "admin/analytics_period.hpp"
#include "base/loop.hpp"
#include "call/call_figures.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/analytics`: what the calls of all applications came to. Control thread; outlives the
/// router's requests.
class Analytics {
 public:
  struct Access {
    base::Loop& loop;
    call::CallStatistics& statistics;
    /// What people call it; empty: the group is gone, or has no name.
    std::function<std::string(const std::string& application, const std::string& group)>
        name_of_group;
  };
  explicit Analytics(Access access) : access_(std::move(access)) {}

  void add_to(http::Router& router);

 private:
  struct Analysed {
    AnalyticsPeriod period;
    call::CallAnalysis analysis;
  };
  base::Task<std::expected<Analysed, http::Response>> analyse(
      const http::Request& request, const http::Form& query, std::size_t most_groups
  );
  base::Task<http::Response> show(http::Request request);
  base::Task<http::Response> download(http::Request request);
  base::json::object render(const Analysed& analysed) const;
  std::string rows_by_group(const Analysed& analysed) const;

  Access access_;
};

}  // namespace belfry::admin
