#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/OutgoingCallerIds`.
class OutgoingCallerIdsResource final : public Resource {
 public:
  explicit OutgoingCallerIdsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> numbers(Ask ask);
  base::Task<http::Response> of(Ask ask);
  base::Task<http::Response> others(Ask ask);
  base::Task<http::Response> that(Ask ask);
  base::Task<http::Response> the(Ask ask);
  base::Task<http::Response> account(Ask ask);
  base::Task<http::Response> may(Ask ask);
  base::Task<http::Response> show;(Ask ask);
  base::Task<http::Response> a(Ask ask);
  base::Task<http::Response> call(Ask ask);
  base::Task<http::Response> asks(Ask ask);
  base::Task<http::Response> them(Ask ask);
  base::Task<http::Response> for(Ask ask);
  base::Task<http::Response> a(Ask ask);
  base::Task<http::Response> code(Ask ask);
  base::Task<http::Response> first:create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
