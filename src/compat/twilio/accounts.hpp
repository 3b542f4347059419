#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Accounts`: the caller's account and its sub-accounts.
class AccountsResource final : public Resource {
 public:
  explicit AccountsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
