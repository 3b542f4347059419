#include "compat/twilio/calls.hpp"

#include <algorithm>

#include "call/destination_policy.hpp"
#include "call/notifications.hpp"
#include "compat/twilio/call_json.hpp"
#include "compat/twilio/call_request.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

/// The filters of a list; their errors stay in `parameters`.
call::LegQuery read_query(Parameters& parameters, const PageRequest& page) {
  call::LegQuery query;
  query.limit = page.size + 1;  // one more tells whether there is a next page
  query.skip = page.skip();
  query.before_sid = page.older_than;
  query.after_sid = page.newer_than;
  query.from = parameters.text("From");
  query.to = parameters.text("To");
  query.parent_sid = parameters.text("ParentCallSid");
  const std::string status = parameters.one_of(
      "Status",
      {"queued", "ringing", "in-progress", "canceled", "completed", "failed", "busy", "no-answer"}
  );
  if (!status.empty()) query.status = call::parse_leg_status(status);
  const TimeSpan start = parameters.times("StartTime");
  query.answered_from = start.from;
  query.answered_before = start.before;
  const TimeSpan end = parameters.times("EndTime");
  query.ended_from = end.from;
  query.ended_before = end.before;
  return query;
}

/// Takes the extra leg away again.
bool cut(std::vector<call::LegRecord>& legs, const PageRequest& page) {
  const bool one_more = legs.size() > page.size;
  if (page.newer_than.empty()) {
    if (one_more) legs.pop_back();
    return one_more;
  }
  if (one_more) legs.erase(legs.begin());
  return true;
}

}  // namespace

void CallsResource::add_to(Api& api) {
  api.post("/Calls", this, &CallsResource::create);
  api.get("/Calls", this, &CallsResource::list);
  api.get("/Calls/{CallSid}", this, &CallsResource::fetch);
  api.post("/Calls/{CallSid}", this, &CallsResource::update);
  api.remove("/Calls/{CallSid}", this, &CallsResource::remove);
  api.get("/Calls/{CallSid}/Events", this, &CallsResource::list_events);
}

void CallsResource::use_application(
    const Ask& ask, const std::string& sid, Parameters& into, call::PlaceCall& call
) {
  const call::Document* application = context_.directory.application(sid);
  if (application == nullptr || application->tag != ask.account.sid) return into.refuse(21218);
  auto answering = call::NumberDirectory::answering(application->value);
  if (!answering) return into.refuse(21218);
  call.program = std::move(answering->program);
  if (!answering->callback.url.empty()) call.status_callback = std::move(answering->callback);
}

base::Task<base::Result<bool>> may_show(
    Context& context, std::string account_sid, call::PlaceCall call
) {
  const call::Services& services = context.services();
  const bool paid = services.destinations != nullptr && services.destinations->is_paid(call.to);
  if (!paid || context.directory.owns(account_sid, call.from)) co_return true;
  // A route that shows a number of its own shows nobody else's.
  const bool replaced = std::ranges::any_of(services.dial_plan.routes(), [&](const auto& route) {
    return !route.caller_id.empty() && call.to.address.starts_with(route.prefix);
  });
  if (replaced) co_return true;
  call::DocumentQuery query{
      .collection = "outgoing_caller_id",
      .tag = std::move(account_sid),
      .members = {{"phone_number", call.from}},
      .limit = 1
  };
  const auto verified = co_await context.journal().find_documents(std::move(query));
  if (!verified) co_return base::fail(verified.error());
  co_return !verified->empty();
}

base::Task<http::Response> CallsResource::create(Ask ask) {
  CallRequest request = read_call_request(ask.parameters);
  if (!request.application_sid.empty())
    use_application(ask, request.application_sid, ask.parameters, request.call);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  request.call.account_sid = ask.account.sid;
  call::PlaceCall shown = request.call;
  const auto allowed = co_await may_show(context_, ask.account.sid, std::move(shown));
  if (!allowed) co_return refusal(allowed.error());
  if (!*allowed) co_return refusal(21210);
  const auto placed = co_await context_.switchboard.place(std::move(request.call));
  if (!placed) co_return refusal(placed.error());
  co_return http::json(201, render_call(context_.services(), *placed, context_.loop.wall_now()));
}

base::Task<http::Response> CallsResource::list(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  call::LegQuery query = read_query(ask.parameters, request);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  query.account_sid = ask.account.sid;
  auto legs = co_await context_.journal().find_legs(std::move(query));
  if (!legs) co_return refusal(legs.error());
  Page page;
  page.more = cut(*legs, request);
  const base::WallTime now = context_.loop.wall_now();
  for (const call::LegRecord& leg : *legs)
    page.items.emplace_back(render_call(context_.services(), leg, now));
  if (!legs->empty()) {
    page.first_sid = legs->front().sid;
    page.last_sid = legs->back().sid;
  }
  co_return render_page(ask, "calls", request, std::move(page));
}

base::Task<http::Response> CallsResource::fetch(Ask ask) {
  const auto leg = co_await find_call(context_, ask.account.sid, ask.param("CallSid"));
  if (!leg) co_return refusal(leg.error());
  if (!*leg) co_return ask.not_found();
  co_return http::json(200, render_call(context_.services(), **leg, context_.loop.wall_now()));
}

base::Task<http::Response> CallsResource::update(Ask ask) {
  const auto leg = co_await find_call(context_, ask.account.sid, ask.param("CallSid"));
  if (!leg) co_return refusal(leg.error());
  if (!*leg) co_return ask.not_found();
  call::LegUpdate update = read_call_update(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const bool redirects = update.program.has_value();
  const auto updated = co_await context_.switchboard.update((*leg)->sid, std::move(update));
  if (!updated) {
    const bool too_late = updated.error().code == base::Errc::conflict ||
                          updated.error().code == base::Errc::not_found;
    if (!too_late) co_return refusal(updated.error());
    if (redirects) co_return refusal(21220);
    co_return refusal(21220, "Call is not in-progress. Cannot update.");
  }
  co_return http::json(200, render_call(context_.services(), *updated, context_.loop.wall_now()));
}

base::Task<http::Response> CallsResource::remove(Ask ask) {
  const auto leg = co_await find_call(context_, ask.account.sid, ask.param("CallSid"));
  if (!leg) co_return refusal(leg.error());
  if (!*leg) co_return ask.not_found();
  if (!call::is_final((*leg)->status))
    co_return refusal(20009, "The call is running and cannot be deleted");
  call::Changes changes;
  changes.removed_legs.push_back((*leg)->sid);
  // What is said of it goes with it (rule P5); no call has more than 50.
  call::DocumentQuery problems{
      .collection = std::string(call::Notifications::collection), .tag = ask.account.sid
  };
  problems.members.emplace_back("call_sid", (*leg)->sid);
  const auto found = co_await context_.journal().find_documents(std::move(problems));
  if (!found) co_return refusal(found.error());
  for (const call::Document& problem : *found)
    changes.removed_documents.push_back({problem.collection, problem.key});
  const auto removed = co_await context_.journal().commit(std::move(changes));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

base::Task<http::Response> CallsResource::list_events(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto leg = co_await find_call(context_, ask.account.sid, ask.param("CallSid"));
  if (!leg) co_return refusal(leg.error());
  if (!*leg) co_return ask.not_found();
  const auto events = co_await context_.journal().events_of((*leg)->sid);
  if (!events) co_return refusal(events.error());
  const base::json::array all = render_exchanges(*events);
  Page page;
  const std::size_t begin = std::min(request.page * request.size, all.size());
  const std::size_t end = std::min(begin + request.size, all.size());
  for (std::size_t i = begin; i < end; ++i) page.items.push_back(all[i]);
  page.more = end < all.size();
  page.last_sid = page.more ? (*leg)->sid : "";
  co_return render_page(ask, "events", request, std::move(page));
}

}  // namespace belfry::compat::twilio
