#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Calls/{CallSid}/Siprec`: a call's audio goes to a recorder outside, in the background.
class SiprecResource final : public Resource {
 public:
  explicit SiprecResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> update(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
