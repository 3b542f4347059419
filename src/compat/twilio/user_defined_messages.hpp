#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Calls/{CallSid}/UserDefinedMessages` and `…/UserDefinedMessageSubscriptions`: what an
/// application and a Voice SDK tell each other during a call. A leg of another kind (SIP, trunk,
/// simulator) has nobody to tell: 400/21220.
class UserDefinedMessagesResource final : public Resource {
 public:
  explicit UserDefinedMessagesResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> subscribe(Ask ask);
  base::Task<http::Response> unsubscribe(Ask ask);
  base::Task<http::Response> refuse(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
