#include "compat/twilio/user_defined_messages.hpp"

#include "base/json.hpp"
#include "compat/twilio/live_call.hpp"

namespace belfry::compat::twilio {
namespace {

constexpr std::size_t max_content = 10'240;

}  // namespace

void UserDefinedMessagesResource::add_to(Api& api) {
  const std::string call = "/Calls/{CallSid}";
  const std::string subscriptions = call + "/UserDefinedMessageSubscriptions";
  api.post(call + "/UserDefinedMessages", this, &UserDefinedMessagesResource::create);
  api.post(subscriptions, this, &UserDefinedMessagesResource::subscribe);
  api.remove(subscriptions + "/{Sid}", this, &UserDefinedMessagesResource::unsubscribe);
}

base::Task<http::Response> UserDefinedMessagesResource::create(Ask ask) {
  const std::string content = ask.parameters.required("Content", 20001);
  if (content.size() > max_content) ask.parameters.refuse(20001, "Content is above 10 kB");
  if (!content.empty() && !base::json::parse(content))
    ask.parameters.refuse(20422, "Content is not JSON");
  return refuse(std::move(ask));
}

base::Task<http::Response> UserDefinedMessagesResource::subscribe(Ask ask) {
  static_cast<void>(ask.parameters.required("Callback", 20001));
  static_cast<void>(ask.parameters.url("Callback"));
  static_cast<void>(ask.parameters.method("Method"));
  return refuse(std::move(ask));
}

base::Task<http::Response> UserDefinedMessagesResource::unsubscribe(Ask ask) {
  co_return ask.not_found();
}

base::Task<http::Response> UserDefinedMessagesResource::refuse(Ask ask) {
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  co_return refusal(21220, "Call is not a leg of a Voice SDK: nobody there takes messages");
}

}  // namespace belfry::compat::twilio
