#pragma once
#include "admin/numbers.hpp"

namespace belfry::admin {

/// `/admin/api/applications`: what answers calls and messages under one name, for as many numbers
/// as one likes. They are those of the Twilio API. Control thread; outlives the router's requests.
class Applications {
 public:
  explicit Applications(DirectoryAccess access) : access_(std::move(access)) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> add(http::Request request);
  base::Task<http::Response> change(http::Request request);
  base::Task<http::Response> remove(http::Request request);

  DirectoryAccess access_;
};

}  // namespace belfry::admin
