#pragma once
#include "apps/take5/door.hpp"
#include "apps/take5/planner.hpp"

namespace belfry::apps::take5 {

/// `/api/user` and `/api/group`: plain arrays and objects, errors as {"error": …}. Control thread.
class PeopleRoutes {
 public:
  struct Parts {
    Door& door;
    Directory& directory;
    Planner& planner;
    Calls& calls;
    base::Loop& loop;
  };
  explicit PeopleRoutes(const Parts& parts) : parts_(parts) {}

  void add_to(http::Router& router);

 private:
  using Member = base::Task<http::Response> (PeopleRoutes::*)(http::Request);

  base::Task<http::Response> list_users(http::Request request);
  base::Task<http::Response> create_user(http::Request request);
  base::Task<http::Response> show_user(http::Request request);
  base::Task<http::Response> change_user(http::Request request);
  base::Task<http::Response> remove_user(http::Request request);
  base::Task<http::Response> list_groups(http::Request request);
  base::Task<http::Response> create_group(http::Request request);
  base::Task<http::Response> show_group(http::Request request);
  base::Task<http::Response> change_group(http::Request request);
  base::Task<http::Response> remove_group(http::Request request);
  base::Task<http::Response> check_groups(http::Request request);
  base::Task<http::Response> preview(http::Request request);
  base::Task<http::Response> attendance(http::Request request);

  http::Response render_user(int status, std::int64_t id) const;
  http::Response render_group(int status, std::int64_t id) const;

  Parts parts_;
};

}  // namespace belfry::apps::take5
