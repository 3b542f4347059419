#pragma once
#include <expected>
#include <string>

#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Calls/{CallSid}/UserDefinedMessages` and `…/UserDefinedMessageSubscriptions`: what an
/// application and a Voice SDK tell each other during a call (`voice_sdk::UserMessages`). A leg of
/// another kind (SIP, trunk, simulator) has nobody to tell: 400/21220.
class UserDefinedMessagesResource final : public Resource {
 public:
  explicit UserDefinedMessagesResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> subscribe(Ask ask);
  base::Task<http::Response> unsubscribe(Ask ask);
  /// The call's SID, or why it can be told nothing.
  base::Task<std::expected<std::string, http::Response>> find_browser_call(Ask ask);

  base::json::object describe(const Ask& ask, const std::string& call_sid) const;

  Context& context_;
};

}  // namespace belfry::compat::twilio
