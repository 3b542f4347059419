#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/OutgoingCallerIds`: numbers of others that the account may show; a call asks them for a code
/// first.
class OutgoingCallerIdsResource final : public Resource {
 public:
  explicit OutgoingCallerIdsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
