#include "apps/take5/call_routes.hpp"

#include "apps/take5/body.hpp"
#include "apps/take5/call_id.hpp"
#include "apps/take5/moment.hpp"
#include "apps/take5/phone_number.hpp"
#include "base/text.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::Task;
using base::json::array;
using base::json::object;
using http::Request;
using http::Response;

constexpr std::size_t longest_text = 1600;  // characters
constexpr std::size_t most_numbers = 100;   // in one request
constexpr std::size_t longest_word = 64;
constexpr std::size_t most_listed = 200;

Response no_call_id(const std::string& call_id) {
  return failed(400, "Invalid call ID format", {{"callId", call_id}});
}

Response no_number(std::string_view number) {
  return failed(400, "Invalid phone number format", {{"phoneNumber", number}});
}

http::Form query_of(const Request& request) {
  return http::Form::parse(request.query).value_or(http::Form());
}

}  // namespace

void CallRoutes::add_to(http::Router& router) {
  router.set_errors("/api/chime", [](int status, const Request&, std::string_view reason) {
    return failed(status, status >= 500 ? "Internal server error" : reason);
  });
  const auto add = [&](const std::string& method, const std::string& path, Member member) {
    http::Handler handler = [this, member](Request request) {
      return (this->*member)(std::move(request));
    };
    const auto limit = method == "GET" ? Door::Limit::none : Door::Limit::rate;
    router.add(method + " /api/chime/" + path, parts_.door.guard(std::move(handler), limit));
  };
  add("POST", "call", &CallRoutes::create);
  add("GET", "call", &CallRoutes::list);
  add("POST", "call/{callId}/start", &CallRoutes::start);
  add("POST", "call/{callId}/end", &CallRoutes::end);
  add("GET", "call/{callId}/status", &CallRoutes::status);
  add("POST", "call/{callId}/participant", &CallRoutes::add_participant);
  add("DELETE", "call/{callId}/participant/{participantId}", &CallRoutes::remove_participant);
  add("POST", "sms", &CallRoutes::send_texts);
  add("GET", "analytics/{groupId}", &CallRoutes::analytics);
  add("POST", "schedule-group-call", &CallRoutes::schedule_group_call);
  add("GET", "limits", &CallRoutes::limits);
}

// --- Making calls ---

Task<Response> CallRoutes::create(Request request) {
  Body body(request.body);
  body.require("groupId");
  const auto group = body.positive_integer("groupId", largest_id);
  body.require("scheduledTime");
  const auto text = body.text("scheduledTime", longest_word);
  const auto scheduled = text ? parse_moment(*text) : std::nullopt;
  if (text && !scheduled) body.complain("scheduledTime must be an ISO 8601 time");
  if (!body.verdict()) co_return failure(body.verdict().error());
  const auto call = co_await parts_.calls.create(*group, *scheduled);
  if (!call) {
    if (parts_.directory.group(*group) != nullptr)
      parts_.figures.count("CallCreationFailed", *group, "");
    co_return failure(call.error(), {{"groupId", *group}});
  }
  co_return http::json(
      201,
      object{
          {"message", "Call created successfully"},
          {"call", call->render_created(CallRecord::Numbers::listed)},
      }
  );
}

Task<Response> CallRoutes::schedule_group_call(Request request) {
  Body body(request.body);
  body.require("groupId");
  const auto id = body.positive_integer("groupId", largest_id);
  if (!body.verdict()) co_return failure(body.verdict().error());
  const object about{{"groupId", *id}};
  const Group* group = parts_.directory.group(*id);
  if (group == nullptr) co_return failed(404, "Group not found", about);
  if (parts_.directory.members_of(*group).empty())
    co_return failed(400, "Group has no users to call", about);
  if (!group->enabled) co_return failed(409, "Group is disabled", about);
  const auto next = parts_.planner.next(*id);
  if (!next) co_return failed(409, "Group has no next call time", about);
  const auto call = co_await parts_.calls.create_scheduled(*id, *next);
  if (!call) {
    parts_.figures.count("CallCreationFailed", *id, "");
    co_return failure(call.error(), about);
  }
  co_return http::json(
      201,
      object{
          {"message", "Group call scheduled successfully"},
          {"call", call->render_created(CallRecord::Numbers::omitted)},
          {"nextCallTime", base::to_rfc3339(*next)},
      }
  );
}

Task<Response> CallRoutes::list(Request request) {
  const http::Form query = query_of(request);
  Calls::Query wanted;
  wanted.group = query.value_or("groupId", "");
  if (!wanted.group.empty() && !base::parse_unsigned(wanted.group))
    co_return failed(400, "groupId must be a positive integer");
  wanted.status = query.value_or("status", "");
  if (!wanted.status.empty() && !parse_call_status(wanted.status))
    co_return failed(400, "status must be created, started, in-progress, ended or failed");
  wanted.after_call = query.value_or("after", "");
  if (!wanted.after_call.empty() && !is_call_id(wanted.after_call))
    co_return no_call_id(wanted.after_call);
  const auto limit = base::parse_unsigned(query.value_or("limit", "50"));
  if (!limit || *limit < 1 || *limit > most_listed) co_return failed(400, "limit must be 1 to 200");
  wanted.limit = static_cast<std::size_t>(*limit);
  const auto calls = co_await parts_.calls.list(std::move(wanted));
  if (!calls) co_return failure(calls.error());
  array rendered;
  for (const CallRecord& call : *calls)
    rendered.push_back(call.render_summary(parts_.loop.wall_now()));
  co_return http::json(200, object{{"calls", std::move(rendered)}});
}

// --- One call ---

Task<Response> CallRoutes::start(Request request) {
  const std::string call_id = request.param("callId");
  if (!is_call_id(call_id)) co_return no_call_id(call_id);
  const auto call = co_await parts_.calls.start(call_id);
  if (!call) co_return failure(call.error(), {{"callId", call_id}});
  co_return http::json(
      200,
      object{
          {"message", "Call started successfully"},
          {"call", call->render_step(CallStatus::started, *call->started)},
      }
  );
}

Task<Response> CallRoutes::end(Request request) {
  const std::string call_id = request.param("callId");
  if (!is_call_id(call_id)) co_return no_call_id(call_id);
  const auto call = co_await parts_.calls.end(call_id);
  if (!call) co_return failure(call.error(), {{"callId", call_id}});
  const base::WallTime at = call->ended.value_or(parts_.loop.wall_now());
  co_return http::json(
      200,
      object{
          {"message", "Call ended successfully"},
          {"call", call->render_step(CallStatus::ended, at)},
      }
  );
}

Task<Response> CallRoutes::status(Request request) {
  const std::string call_id = request.param("callId");
  if (!is_call_id(call_id)) co_return no_call_id(call_id);
  const auto call = co_await parts_.calls.find(call_id);
  if (!call) co_return failure(call.error(), {{"callId", call_id}});
  co_return http::json(200, object{{"call", call->render_status(parts_.loop.wall_now())}});
}

Task<Response> CallRoutes::add_participant(Request request) {
  const std::string call_id = request.param("callId");
  if (!is_call_id(call_id)) co_return no_call_id(call_id);
  Body body(request.body);
  body.require("phoneNumber");
  const auto text = body.text("phoneNumber", longest_word);
  if (!body.verdict()) co_return failure(body.verdict().error());
  const auto number = normalize_phone_number(*text, parts_.calls.settings().international);
  if (!number) co_return no_number(*text);
  const auto added = co_await parts_.calls.add_participant(call_id, *number);
  if (!added) co_return failure(added.error(), {{"callId", call_id}});
  const object participant{
      {"callId", call_id},
      {"phoneNumber", added->phone_number},
      {"participantId", added->id},
      {"status", "added"},
  };
  co_return http::json(
      200, object{{"message", "Participant added successfully"}, {"participant", participant}}
  );
}

Task<Response> CallRoutes::remove_participant(Request request) {
  const std::string call_id = request.param("callId");
  if (!is_call_id(call_id)) co_return no_call_id(call_id);
  const std::string id = request.param("participantId");
  const auto removed = co_await parts_.calls.remove_participant(call_id, id);
  if (!removed) {
    object about{{"callId", call_id}};
    if (removed.error().detail == Calls::no_participant) about = {{"participantId", id}};
    co_return failure(removed.error(), std::move(about));
  }
  const object participant{{"callId", call_id}, {"participantId", id}, {"status", "removed"}};
  co_return http::json(
      200, object{{"message", "Participant removed successfully"}, {"participant", participant}}
  );
}

// --- Messages and figures ---

Task<Response> CallRoutes::send_texts(Request request) {
  Body body(request.body);
  body.require("phoneNumbers");
  const auto texts = body.texts("phoneNumbers", most_numbers);
  body.require("message");
  auto message = body.text("message", longest_text);
  if (!body.verdict()) co_return failure(body.verdict().error());
  std::vector<std::string> numbers;
  for (const std::string& text : *texts) {
    auto number = normalize_phone_number(text, parts_.calls.settings().international);
    if (!number) co_return no_number(text);
    numbers.push_back(std::move(*number));
  }
  std::string each_time;
  const auto results =
      co_await parts_.texts.send(std::move(numbers), std::move(*message), std::move(each_time));
  std::size_t sent = 0;
  array listed;
  for (const Texts::Result& result : results) {
    object entry{{"phoneNumber", result.phone_number}};
    if (result.error.empty()) {
      ++sent;
      entry["MessageId"] = result.message_id;
    } else {
      entry["error"] = result.error;
    }
    listed.push_back(std::move(entry));
  }
  const object outcome{
      {"sent", sent}, {"failed", results.size() - sent}, {"results", std::move(listed)}
  };
  co_return http::json(200, object{{"message", "SMS sent successfully"}, {"result", outcome}});
}

Task<Response> CallRoutes::analytics(Request request) {
  const auto id = base::parse_unsigned(request.param("groupId"));
  if (!id || *id < 1 || *id > static_cast<std::uint64_t>(largest_id))
    co_return failed(400, "groupId must be a positive integer");
  const auto group = static_cast<std::int64_t>(*id);
  const object about{{"groupId", group}};
  const http::Form query = query_of(request);
  Figures::Period period;
  period.end = parts_.loop.wall_now();
  if (const std::string text = query.value_or("endDate", ""); !text.empty()) {
    const auto moment = parse_moment(text);
    if (!moment) co_return failed(400, "endDate must be an ISO 8601 time", about);
    period.end = *moment;
  }
  period.start = period.end - std::chrono::days(7);
  if (const std::string text = query.value_or("startDate", ""); !text.empty()) {
    const auto moment = parse_moment(text);
    if (!moment) co_return failed(400, "startDate must be an ISO 8601 time", about);
    period.start = *moment;
  }
  if (period.start > period.end)
    co_return failed(400, "startDate must not be after endDate", about);
  if (parts_.directory.group(group) == nullptr) co_return failed(404, "Group not found", about);
  auto analytics = co_await parts_.figures.analytics(group, period);
  if (!analytics) co_return failure(analytics.error(), about);
  co_return http::json(200, object{{"analytics", std::move(*analytics)}});
}

/// What calls may come to, and what they have come to this month (UTC).
Task<Response> CallRoutes::limits(Request /*request*/) {
  const base::WallTime now = parts_.loop.wall_now();
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const base::WallTime month(std::chrono::sys_days(today.year() / today.month() / 1));
  const auto usage = co_await parts_.calls.usage_since(month);
  if (!usage) co_return failure(usage.error());
  array groups;
  for (const auto& [id, used] : *usage) {
    const Group* group = parts_.directory.group(id);
    groups.push_back(object{
        {"groupId", id},
        {"name", group == nullptr ? std::string_view() : std::string_view(group->name)},
        {"calls", used.calls},
        {"minutes", used.minutes.count()},
    });
  }
  const CallSettings& settings = parts_.calls.settings();
  co_return http::json(
      200,
      object{
          {"callsRunning", parts_.calls.running()},
          {"participantsPerCall", settings.most_participants},
          {"secondsPerCall", settings.longest.count()},
          {"requestsPerMinute", parts_.door.rate_per_minute()},
          {"since", base::to_rfc3339(month)},
          {"groups", std::move(groups)},
      }
  );
}

}  // namespace belfry::apps::take5
