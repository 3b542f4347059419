#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/v1/PhoneNumbers` and `/v2/PhoneNumbers`: what numbering plans tell about a number.
class LookupsResource final : public Resource {
 public:
  explicit LookupsResource(Context&) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> fetch_v1(Ask ask);
};

}  // namespace belfry::compat::twilio
