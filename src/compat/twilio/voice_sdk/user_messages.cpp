#include "compat/twilio/voice_sdk/user_messages.hpp"

#include "base/ids.hpp"
#include "twiml/parameters.hpp"

namespace belfry::compat::twilio::voice_sdk {
namespace {

constexpr std::size_t max_subscriptions = 10;
constexpr int bad_message_type = 31210;
constexpr int payload_too_large = 31212;

}  // namespace

base::Result<std::string> UserMessages::subscribe(
    const std::string& call_sid, std::string url, std::string method
) {
  Call& call = calls_[call_sid];
  if (call.subscriptions.size() >= max_subscriptions)
    return base::fail(base::Errc::too_large, "a call has at most ten subscriptions");
  std::string sid = base::make_sid("ZY", environment_.random);
  call.subscriptions.push_back({sid, std::move(url), std::move(method)});
  return sid;
}

bool UserMessages::unsubscribe(const std::string& call_sid, const std::string& sid) {
  const auto call = calls_.find(call_sid);
  return call != calls_.end() &&
         std::erase_if(call->second.subscriptions, [&](const Subscription& each) {
           return each.sid == sid;
         }) != 0;
}

std::optional<SignalError> UserMessages::check(const UserMessage& message) {
  if (message.type != type)
    return SignalError{bad_message_type, "messagetype must be " + std::string(type)};
  if (message.content.empty() || message.content.size() > max_content)
    return SignalError{payload_too_large, "content is missing, or above 10 kB"};
  return std::nullopt;
}

void UserMessages::tell(const UserMessage& message, const std::string& account_sid) {
  const auto call = calls_.find(message.call_sid);
  if (call == calls_.end() || call->second.subscriptions.empty()) return;
  const base::WallTime now = environment_.loop.wall_now();
  const call::FormFields fields{
      {"AccountSid", account_sid},     {"CallSid", message.call_sid},
      {"Sid", message.event_sid},      {"SequenceNumber", std::to_string(++call->second.told)},
      {"Content", message.content},    {"ContentType", std::string(content_type)},
      {"Date", base::to_rfc2822(now)},
  };
  call::Changes changes;
  for (const Subscription& subscription : call->second.subscriptions) {
    call::Delivery delivery =
        twiml::form_delivery(account_sid, subscription.url, subscription.method, fields);
    delivery.id = base::make_uuid(environment_.random);
    delivery.order_key = subscription.sid;
    delivery.kind = "user-defined-message";
    delivery.created = delivery.next_attempt = now;
    changes.deliveries.push_back(std::move(delivery));
  }
  environment_.journal.commit_later(std::move(changes));
  environment_.outbox.wake();
}

}  // namespace belfry::compat::twilio::voice_sdk
