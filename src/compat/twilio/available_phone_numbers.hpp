#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/AvailablePhoneNumbers`: numbers of the simulated network that can be had. None while the
/// simulator is off: numbers of a trunk are added by their owner as they are.
class AvailablePhoneNumbersResource final : public Resource {
 public:
  explicit AvailablePhoneNumbersResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list_countries(Ask ask);
  base::Task<http::Response> fetch_country(Ask ask);
  base::Task<http::Response> list_numbers(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
