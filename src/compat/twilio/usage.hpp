#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Usage/Records`, `/Balance`, `/Tokens`.
class UsageResource final : public Resource {
 public:
  explicit UsageResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> what(Ask ask);
  base::Task<http::Response> the(Ask ask);
  base::Task<http::Response> account(Ask ask);
  base::Task<http::Response> has(Ask ask);
  base::Task<http::Response> used,(Ask ask);
  base::Task<http::Response> by(Ask ask);
  base::Task<http::Response> category(Ask ask);
  base::Task<http::Response> and(Ask ask);
  base::Task<http::Response> span(Ask ask);
  base::Task<http::Response> of(Ask ask);
  base::Task<http::Response> days;(Ask ask);
  base::Task<http::Response> what(Ask ask);
  base::Task<http::Response> it(Ask ask);
  base::Task<http::Response> costs(Ask ask);
  base::Task<http::Response> (nothing);(Ask ask);
  base::Task<http::Response> where(Ask ask);
  base::Task<http::Response> browsers(Ask ask);
  base::Task<http::Response> find(Ask ask);
  base::Task<http::Response> STUN:list(Ask ask);
  base::Task<http::Response> fetch_balance(Ask ask);
  base::Task<http::Response> create_token(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
