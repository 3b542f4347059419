#include "compat/twilio/call_json.hpp"

#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

/// A status that nobody has been told as such: dialled, but nothing heard.
std::string_view status_word(call::LegStatus status) {
  return status == call::LegStatus::initiated ? "queued" : call::to_string(status);
}

base::json::value duration(const call::LegRecord& leg, base::WallTime now) {
  if (!call::is_final(leg.status)) return nullptr;
  return base::json::value(std::to_string(leg.duration_s(now).value_or(0)));
}

base::json::value number_sid(const call::Services& services, const call::LegRecord& leg) {
  const bool inbound = leg.direction == call::LegRecord::Direction::inbound;
  const auto* number = services.numbers.find(inbound ? leg.to : leg.from);
  return number == nullptr ? base::json::value(nullptr) : or_null(number->sid);
}

}  // namespace

base::json::object render_call(
    const call::Services& services, const call::LegRecord& leg, base::WallTime now
) {
  const std::string path = "/2010-04-01/Accounts/" + leg.account_sid + "/Calls/" + leg.sid;
  base::json::object json;
  json["sid"] = leg.sid;
  json["account_sid"] = leg.account_sid;
  json["parent_call_sid"] = or_null(leg.parent_sid);
  json["date_created"] = date(leg.created);
  json["date_updated"] = date(leg.ended ? leg.ended : leg.answered ? leg.answered : leg.created);
  json["to"] = leg.to;
  json["to_formatted"] = format_number(leg.to);
  json["from"] = leg.from;
  json["from_formatted"] = format_number(leg.from);
  json["phone_number_sid"] = number_sid(services, leg);
  json["status"] = status_word(leg.status);
  json["start_time"] = date(leg.answered);
  json["end_time"] = date(leg.ended);
  json["duration"] = duration(leg, now);
  json["price"] = nullptr;
  json["price_unit"] = "USD";
  json["direction"] = call::to_string(leg.direction);
  json["answered_by"] = or_null(leg.answered_by);
  json["api_version"] = "2010-04-01";
  json["annotation"] = nullptr;
  json["forwarded_from"] = nullptr;
  json["group_sid"] = nullptr;
  json["caller_name"] = nullptr;
  json["queue_time"] = "0";
  json["trunk_sid"] = nullptr;
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(
      path, {"notifications", "recordings", "payments", "events", "siprec", "streams",
             "transcriptions", "user_defined_message_subscriptions", "user_defined_messages"}
  );
  return json;
}

base::json::array render_exchanges(const std::vector<call::EventRecord>& events) {
  base::json::array exchanges;
  for (const call::EventRecord& event : events) {
    if (event.type == "webhook.request") {
      base::json::object exchange;
      exchange["request"] = {
          {"method", member(event.data, "method")},
          {"url", member(event.data, "url")},
          {"parameters", member(event.data, "parameters")}
      };
      exchange["response"] = nullptr;
      exchanges.emplace_back(std::move(exchange));
    } else if (event.type == "webhook.response" && !exchanges.empty()) {
      // A call asks for one document at a time: the answer belongs to the last request.
      exchanges.back().as_object()["response"] = {
          {"response_code", member(event.data, "status")},
          {"request_duration", member(event.data, "ms")},
          {"content_type", member(event.data, "content_type")},
          {"response_body", member(event.data, "body")},
          {"date_created", base::to_rfc2822(event.at)}
      };
    }
  }
  return exchanges;
}

base::Task<base::Result<std::optional<call::LegRecord>>> find_call(
    Context& context, std::string account_sid, std::string sid
) {
  std::optional<call::LegRecord> found;
  if (const call::Leg* leg = context.switchboard.find(sid)) {
    found = leg->record();
  } else {
    auto stored = co_await context.journal().find_leg(std::move(sid));
    if (!stored) co_return base::fail(stored.error());
    found = std::move(*stored);
  }
  if (found && found->account_sid != account_sid) found.reset();
  co_return found;
}

}  // namespace belfry::compat::twilio
