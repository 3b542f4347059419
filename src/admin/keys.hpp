#pragma once
#include "http/router.hpp"
#include "identity/accounts.hpp"

namespace belfry::admin {

/// `/admin/api/keys`: the API keys of the installation's account. A secret is told once, when its
/// key is made (rule T3). Control thread; outlives the router's requests.
class Keys {
 public:
  explicit Keys(identity::Accounts& accounts) : accounts_(accounts) {}

  void add_to(http::Router& router);

 private:
  http::Response list() const;
  base::Task<http::Response> make(http::Request request);
  base::Task<http::Response> revoke(http::Request request);

  identity::Accounts& accounts_;
};

}  // namespace belfry::admin
