#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Notifications` and `/Calls/{CallSid}/Notifications`.
class NotificationsResource final : public Resource {
 public:
  explicit NotificationsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> what(Ask ask);
  base::Task<http::Response> went(Ask ask);
  base::Task<http::Response> wrong(Ask ask);
  base::Task<http::Response> with(Ask ask);
  base::Task<http::Response> documents(Ask ask);
  base::Task<http::Response> and(Ask ask);
  base::Task<http::Response> webhooks:list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> list_alerts(Ask ask);
  base::Task<http::Response> fetch_alert(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
