#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Usage/Records`, `/Balance`: what the account has used, by category and span of days; what it
/// costs (nothing).
class UsageResource final : public Resource {
 public:
  explicit UsageResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch_balance(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
