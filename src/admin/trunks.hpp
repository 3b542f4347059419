#pragma once
#include "admin/trunk_table.hpp"
#include "call/switchboard.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/trunks`: what trunks there are, setting one up, and a check that ends with a test
/// call. Trunks that are set up here are documents and come back after a restart. Control thread;
/// outlives the router's requests.
class Trunks {
 public:
  Trunks(call::Switchboard& switchboard, TrunkTable& table)
      : switchboard_(switchboard), table_(table) {}

  void add_to(http::Router& router);
  /// At start, before calls are taken up again.
  base::Task<base::Result<>> restore();

 private:
  http::Response list() const;
  base::Task<http::Response> set_up(http::Request request);
  base::Task<http::Response> remove(http::Request request);
  base::Task<http::Response> check(http::Request request);
  call::Journal& journal() const { return switchboard_.services().journal; }

  call::Switchboard& switchboard_;
  TrunkTable& table_;
};

}  // namespace belfry::admin
