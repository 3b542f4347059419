#pragma once
#include "apps/take5/door.hpp"
#include "apps/take5/planner.hpp"

namespace belfry::apps::take5 {

/// `/api/chime`: calls, messages, analytics, as the document has them. Control thread.
class CallRoutes {
 public:
  struct Parts {
    Door& door;
    Directory& directory;
    Planner& planner;
    Calls& calls;
    Texts& texts;
    Figures& figures;
    base::Loop& loop;
  };
  explicit CallRoutes(const Parts& parts) : parts_(parts) {}

  void add_to(http::Router& router);

 private:
  using Member = base::Task<http::Response> (CallRoutes::*)(http::Request);

  base::Task<http::Response> create(http::Request request);
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> start(http::Request request);
  base::Task<http::Response> end(http::Request request);
  base::Task<http::Response> status(http::Request request);
  base::Task<http::Response> add_participant(http::Request request);
  base::Task<http::Response> remove_participant(http::Request request);
  base::Task<http::Response> send_texts(http::Request request);
  base::Task<http::Response> analytics(http::Request request);
  base::Task<http::Response> schedule_group_call(http::Request request);
  base::Task<http::Response> limits(http::Request request);

  Parts parts_;
};

}  // namespace belfry::apps::take5
