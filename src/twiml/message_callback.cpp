#include "twiml/message_callback.hpp"

#include "twiml/parameters.hpp"

namespace belfry::twiml {
namespace {

/// `2601020304` of 2026-01-02T03:04:05Z.
std::string delivery_date(base::WallTime at) {
  const std::string text = base::to_rfc3339_seconds(at);
  return text.substr(2, 2) + text.substr(5, 2) + text.substr(8, 2) + text.substr(11, 2) +
         text.substr(14, 2);
}

bool tells_of_delivery(call::MessageStatus status) {
  return status == call::MessageStatus::delivered || status == call::MessageStatus::undelivered;
}

}  // namespace

call::Delivery MessageStatusCallback::render(const call::MessageRecord& message, base::WallTime at)
    const {
  const std::string status(call::to_string(message.status));
  call::FormFields fields{
      {"MessageSid", message.sid},
      {"SmsSid", message.sid},
      {"MessageStatus", status},
      {"SmsStatus", status},
      {"To", message.to},
      {"From", message.from},
      {"AccountSid", message.account_sid},
      {"ApiVersion", "2010-04-01"},
  };
  if (!message.messaging_service_sid.empty())
    fields.emplace_back("MessagingServiceSid", message.messaging_service_sid);
  if (message.error_code != 0) {
    fields.emplace_back("ErrorCode", std::to_string(message.error_code));
    fields.emplace_back("ErrorMessage", message.error_message);
  }
  if (tells_of_delivery(message.status)) fields.emplace_back("RawDlrDoneDate", delivery_date(at));
  call::Delivery delivery;
  delivery.account_sid = message.account_sid;
  delivery.order_key = message.sid;
  delivery.kind = "message-status";
  delivery.url = message.status_callback;
  delivery.content_type = "application/x-www-form-urlencoded; charset=utf-8";
  delivery.body = encode_form(fields);
  delivery.created = at;
  delivery.next_attempt = at;
  return delivery;
}

}  // namespace belfry::twiml
