#pragma once
#include "call/messages.hpp"

namespace belfry::twiml {

/// Status callbacks of messages as Twilio words them: MessageSid, SmsSid, MessageStatus, SmsStatus,
/// To, From, AccountSid, ApiVersion, and where there are: MessagingServiceSid, ErrorCode,
/// ErrorMessage, RawDlrDoneDate (YYMMDDhhmm, UTC).
class MessageStatusCallback final : public call::MessageCallbackFormat {
 public:
  call::Delivery render(const call::MessageRecord& message, base::WallTime at) const override;
};

}  // namespace belfry::twiml
