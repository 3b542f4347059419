#pragma once
#include <string>

#include "base/random.hpp"
#include "call/schedule/schedules.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/schedules`: what is called when, what comes next and what was missed. Control
/// thread; outlives the router's requests.
class Schedules {
 public:
  struct Access {
    base::Loop& loop;
    base::Random& random;
    call::schedule::Schedules& schedules;
    std::string default_from;
  };
  explicit Schedules(Access access) : access_(std::move(access)) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> show(http::Request request);
  base::Task<http::Response> put(http::Request request);
  base::Task<http::Response> remove(http::Request request);
  base::Task<http::Response> preview(http::Request request);
  base::Task<http::Response> preview_rule(http::Request request);
  base::Task<http::Response> occurrences(http::Request request);
  base::Task<http::Response> missed(http::Request request);
  base::Task<http::Response> pause(http::Request request);
  base::Task<http::Response> resume(http::Request request);
  base::Task<http::Response> run(http::Request request);
  base::Task<http::Response> set_paused(http::Request request, bool paused);
  base::Task<http::Response> history(
      http::Request request, std::string id, std::optional<call::schedule::Occurrence::State> state
  );

  Access access_;
};

}  // namespace belfry::admin
