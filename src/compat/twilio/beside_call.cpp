#include "compat/twilio/beside_call.hpp"

#include "compat/twilio/live_call.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {

base::json::object render_beside_call(
    const Context& context, const Ask& ask, std::string_view collection, const std::string& sid,
    std::string_view name, std::string_view status
) {
  const std::string& call_sid = ask.param("CallSid");
  const std::string path = "/Calls/" + call_sid + "/" + std::string(collection) + "/" + sid;
  return {
      {"sid", sid},
      {"account_sid", ask.account.sid},
      {"call_sid", call_sid},
      {"name", or_null(name)},
      {"status", status},
      {"date_updated", date(context.loop.wall_now())},
      {"uri", ask.uri(path + ".json")},
  };
}

base::Task<http::Response> stop_beside_call(
    const Context& context, Ask ask, std::string_view collection, StopBesideCall stop
) {
  const std::string status = ask.parameters.one_of("Status", {"stopped"});
  if (status.empty()) ask.parameters.refuse(20001, "Status must be stopped");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  auto leg = co_await find_live_call(context, ask);
  if (!leg) co_return std::move(leg.error());
  const std::string& sid_or_name = ask.param("Sid");
  const auto stopped = stop(ask.param("CallSid"), sid_or_name);
  if (!stopped) co_return ask.not_found();
  const std::string name = *stopped == sid_or_name ? std::string() : sid_or_name;
  co_return http::json(
      200, render_beside_call(context, ask, collection, *stopped, name, "stopped")
  );
}

}  // namespace belfry::compat::twilio
