#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Notifications`, `/Calls/{CallSid}/Notifications` and Monitor's `/v1/Alerts`: what went wrong
/// with documents and webhooks.
class NotificationsResource final : public Resource {
 public:
  explicit NotificationsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> list_alerts(Ask ask);
  base::Task<http::Response> fetch_alert(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
