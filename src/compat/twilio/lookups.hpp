#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/v1/PhoneNumbers` and `/v2/PhoneNumbers`.
class LookupsResource final : public Resource {
 public:
  explicit LookupsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> what(Ask ask);
  base::Task<http::Response> numbering(Ask ask);
  base::Task<http::Response> plans(Ask ask);
  base::Task<http::Response> tell(Ask ask);
  base::Task<http::Response> about(Ask ask);
  base::Task<http::Response> a(Ask ask);
  base::Task<http::Response> number:fetch(Ask ask);
  base::Task<http::Response> fetch_v1(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
