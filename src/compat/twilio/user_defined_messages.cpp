#include "compat/twilio/user_defined_messages.hpp"

#include "base/json.hpp"
#include "compat/twilio/live_call.hpp"
#include "compat/twilio/rendering.hpp"
#include "compat/twilio/voice_sdk/signalling.hpp"

namespace belfry::compat::twilio {
void UserDefinedMessagesResource::add_to(Api& api) {
  const std::string call = "/Calls/{CallSid}";
  const std::string subscriptions = call + "/UserDefinedMessageSubscriptions";
  api.post(call + "/UserDefinedMessages", this, &UserDefinedMessagesResource::create);
  api.post(subscriptions, this, &UserDefinedMessagesResource::subscribe);
  api.remove(subscriptions + "/{Sid}", this, &UserDefinedMessagesResource::unsubscribe);
}

base::Task<http::Response> UserDefinedMessagesResource::create(Ask ask) {
  std::string content = ask.parameters.required("Content", 20001);
  if (content.size() > voice_sdk::UserMessages::max_content)
    ask.parameters.refuse(20001, "Content is above 10 kB");
  if (!content.empty() && !base::json::parse(content))
    ask.parameters.refuse(20422, "Content is not JSON");
  Ask asked = ask;
  auto call = co_await find_browser_call(std::move(asked));
  if (!call) co_return std::move(call.error());
  const auto told = context_.browsers->tell(*call, std::move(content));
  if (!told) co_return refusal(21220, told.error().message);
  base::json::object json = describe(ask, *call);
  json["sid"] = *told;
  co_return http::json(201, json);
}

base::Task<http::Response> UserDefinedMessagesResource::subscribe(Ask ask) {
  static_cast<void>(ask.parameters.required("Callback", 20001));
  std::string url = ask.parameters.url("Callback");
  std::string method = ask.parameters.method("Method");
  Ask asked = ask;
  auto call = co_await find_browser_call(std::move(asked));
  if (!call) co_return std::move(call.error());
  const auto sid =
      context_.browsers->messages().subscribe(*call, std::move(url), std::move(method));
  if (!sid) co_return refusal(20001, sid.error().message);
  base::json::object json = describe(ask, *call);
  json["sid"] = *sid;
  json["uri"] = ask.uri("/Calls/" + *call + "/UserDefinedMessageSubscriptions/" + *sid + ".json");
  co_return http::json(201, json);
}

base::Task<http::Response> UserDefinedMessagesResource::unsubscribe(Ask ask) {
  Ask asked = ask;
  const auto call = co_await find_browser_call(std::move(asked));
  const bool removed = call && context_.browsers->messages().unsubscribe(*call, ask.param("Sid"));
  if (!removed) co_return ask.not_found();
  co_return http::empty(204);
}

base::json::object UserDefinedMessagesResource::describe(
    const Ask& ask, const std::string& call_sid
) const {
  return {
      {"account_sid", ask.account.sid},
      {"call_sid", call_sid},
      {"date_created", base::to_rfc2822(context_.loop.wall_now())},
  };
}

base::Task<std::expected<std::string, http::Response>>
UserDefinedMessagesResource::find_browser_call(Ask ask) {
  if (const auto& wrong = ask.parameters.error()) co_return std::unexpected(render(*wrong));
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::unexpected(std::move(leg.error()));
  std::string sid = (*leg)->sid();
  const bool is_browser = context_.browsers != nullptr && context_.browsers->is_browser_call(sid);
  if (!is_browser)
    co_return std::unexpected(
        refusal(21220, "Call is not a leg of a Voice SDK: nobody there takes messages")
    );
  co_return sid;
}

}  // namespace belfry::compat::twilio
