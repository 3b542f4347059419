#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Usage/Records`, `/Balance`, `/Tokens`: what the account has used, by category and span of
/// days; what it costs (nothing); where browsers find STUN.
class UsageResource final : public Resource {
 public:
  explicit UsageResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch_balance(Ask ask);
  base::Task<http::Response> create_token(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
