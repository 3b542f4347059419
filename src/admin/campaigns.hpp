#pragma once
#include <string>

#include "call/schedule/campaigns.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/campaigns`: lists of numbers that one program calls. Control thread; outlives the
/// router's requests.
class Campaigns {
 public:
  struct Access {
    base::Loop& loop;
    call::schedule::Campaigns& campaigns;
    std::string default_from;
  };
  explicit Campaigns(Access access) : access_(std::move(access)) {}

  void add_to(http::Router& router);

 private:
  using Change = base::Task<base::Result<call::schedule::Campaign>> (call::schedule::Campaigns::*)(
      std::string
  );
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> create(http::Request request);
  base::Task<http::Response> show(http::Request request);
  base::Task<http::Response> add_numbers(http::Request request);
  base::Task<http::Response> results(http::Request request);
  base::Task<http::Response> change(http::Request request, Change how);

  Access access_;
};

}  // namespace belfry::admin
