#pragma once
#include <optional>
#include <string>
#include <vector>

#include "call/journal.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// Messaging v1: `/v1/Services` and the numbers below them, which messages with a
/// MessagingServiceSid are sent from.
class MessagingServicesResource final : public Resource {
 public:
  explicit MessagingServicesResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::Task<http::Response> add_number(Ask ask);
  base::Task<http::Response> list_numbers(Ask ask);
  base::Task<http::Response> fetch_number(Ask ask);
  base::Task<http::Response> remove_number(Ask ask);
  base::Task<base::Result<std::optional<call::Document>>> find(
      std::string account, std::string sid
  );
  base::Task<base::Result<std::optional<call::Document>>> find_number(
      std::string account, std::string service, std::string sid
  );

  Context& context_;
};

/// What sending needs to know of a service.
struct MessagingService {
  std::vector<std::string> numbers;  // oldest first
  std::string status_callback;
  bool smart_encoding = true;
};
base::Task<base::Result<std::optional<MessagingService>>> find_messaging_service(
    call::Journal& journal, std::string account_sid, std::string sid
);

}  // namespace belfry::compat::twilio
