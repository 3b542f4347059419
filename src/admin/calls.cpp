#include "admin/calls.hpp"

#include "admin/call_json.hpp"
#include "admin/place_call_request.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "call/audio_report.hpp"

namespace belfry::admin {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t default_page = 50;
constexpr std::size_t max_page = 200;
/// The media worker answers within its next tick; a seat that has just gone never does.
constexpr base::Duration statistics_limit = 1s;

std::string path_of(const std::string& sid) {
  return "/admin/api/calls/" + sid;
}

http::Response no_such_call(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no call " + request.param("sid"));
}

/// The query of a list; cursors are SIDs, which stay where they are when calls are added.
std::variant<call::LegQuery, Complaints> read_query(const http::Form& form) {
  call::LegQuery query;
  Complaints complaints;
  query.limit = default_page;
  if (const auto limit = form.get("limit")) {
    const auto number = base::parse_unsigned(*limit);
    query.limit = number.value_or(0);
    if (query.limit < 1 || query.limit > max_page)
      complaints.push_back({"?limit", "range", "limit must be a number from 1 to 200"});
  }
  query.before_sid = form.value_or("cursor", "");
  if (!query.before_sid.empty() && !base::is_sid(query.before_sid, "CA"))
    complaints.push_back({"?cursor", "invalid", "cursor is not from one of our lists"});
  if (const std::string status = form.value_or("status", ""); !status.empty()) {
    query.status = call::parse_leg_status(status);
    if (!query.status)
      complaints.push_back({"?status", "invalid", "there is no call status " + status});
  }
  query.number = form.value_or("number", "");
  // A plus that was typed into a URL as it is reads as a space.
  if (query.number.starts_with(' ')) query.number.front() = '+';
  if (!complaints.empty()) return complaints;
  return query;
}

std::string next_link(const http::Form& query, const std::string& cursor) {
  http::Form next;
  for (const auto& [name, value] : query.fields()) {
    if (name != "cursor") next.add(name, value);
  }
  next.add("cursor", cursor);
  return "</admin/api/calls?" + next.serialize() + ">; rel=\"next\"";
}

call::HangupCause cause_for(const call::Leg& leg) {
  if (leg.answered()) return call::HangupCause::normal;
  const bool inbound = leg.record().direction == call::LegRecord::Direction::inbound;
  return inbound ? call::HangupCause::rejected : call::HangupCause::canceled;
}

}  // namespace

void Calls::add_to(http::Router& router) {
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Calls::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  route("GET /admin/api/calls", &Calls::list);
  route("POST /admin/api/calls", &Calls::place);
  route("GET /admin/api/calls/{sid}", &Calls::show);
  route("GET /admin/api/calls/{sid}/events", &Calls::list_events);
  route("POST /admin/api/calls/{sid}/hang-up", &Calls::hang_up);
}

base::Task<http::Response> Calls::list(http::Request request) {
  const auto form = http::Form::parse(request.query);
  if (!form) co_return failure(request, form.error());
  auto read = read_query(*form);
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return refuse(request, *complaints);
  auto query = std::get<call::LegQuery>(std::move(read));
  const std::size_t page = query.limit;
  query.limit = page + 1;  // one more tells whether there is a next page
  auto legs = co_await journal().find_legs(std::move(query));
  if (!legs) co_return failure(request, legs.error());
  const bool more = legs->size() > page;
  if (more) legs->resize(page);
  const base::WallTime now = loop().wall_now();
  base::json::array items;
  for (const call::LegRecord& leg : *legs) items.push_back(render_call(leg, now));
  const std::string cursor = more ? legs->back().sid : "";
  base::json::object body{
      {"items", std::move(items)},
      {"nextCursor", more ? base::json::value(cursor) : base::json::value(nullptr)}
  };
  http::Response response = http::json(200, body);
  if (more) response.headers.add("Link", next_link(*form, cursor));
  co_return response;
}

base::Task<std::expected<call::LegRecord, http::Response>> Calls::find(const http::Request& request
) {
  std::string sid = request.param("sid");
  if (const call::Leg* leg = switchboard_.find(sid)) co_return leg->record();
  const auto record = co_await journal().find_leg(std::move(sid));
  if (!record) co_return std::unexpected(failure(request, record.error()));
  if (!*record) co_return std::unexpected(no_such_call(request));
  co_return **record;
}

base::Task<std::optional<call::SeatStatistics>> Calls::measure(std::string sid) {
  call::Leg* leg = switchboard_.find(sid);
  const call::SeatId seat = leg == nullptr ? call::SeatId{} : leg->seat();
  if (!seat) co_return std::nullopt;
  base::Task<call::SeatStatistics> asking = switchboard_.services().media.statistics(seat);
  co_return co_await base::with_time_limit(loop(), std::move(asking), statistics_limit);
}

base::Task<base::json::object> Calls::describe_audio(const call::LegRecord& leg) {
  const std::optional<base::WallTime> answered = leg.answered;
  const std::string sid = leg.sid;
  const std::optional<call::SeatStatistics> seen = co_await measure(sid);
  base::json::object described{{"media", nullptr}, {"audio", nullptr}};
  if (seen) {
    described["media"] = call::render(*seen);
    if (answered)
      described["audio"] = call::render(call::judge(*seen, loop().wall_now() - *answered));
    co_return described;
  }
  const auto events = co_await journal().events_of(sid);
  if (!events) co_return described;
  for (const call::EventRecord& event : *events)
    if (event.type == "media.ended") described = event.data;
  co_return described;
}

base::Task<http::Response> Calls::show(http::Request request) {
  auto leg = co_await find(request);
  if (!leg) co_return std::move(leg.error());
  base::json::object body = render_call(*leg, loop().wall_now());
  base::json::object audio = co_await describe_audio(*leg);
  for (auto& [name, what] : audio) body[name] = std::move(what);
  co_return http::json(200, body);
}

base::Task<http::Response> Calls::list_events(http::Request request) {
  auto leg = co_await find(request);
  if (!leg) co_return std::move(leg.error());
  const auto events = co_await journal().events_of(leg->sid);
  if (!events) co_return failure(request, events.error());
  base::json::array items;
  for (const call::EventRecord& event : *events) items.push_back(render_event(event));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Calls::place(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  auto read = read_place_call(*body, settings_.default_from);
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return refuse(request, *complaints);
  auto terms = std::get<call::PlaceCall>(std::move(read));
  const auto placed = co_await switchboard_.place(std::move(terms));
  if (!placed) co_return failure(request, placed.error());
  http::Response response = http::json(201, render_call(*placed, loop().wall_now()));
  response.headers.add("Location", path_of(placed->sid));
  co_return response;
}

base::Task<http::Response> Calls::hang_up(http::Request request) {
  const std::string sid = request.param("sid");
  if (call::Leg* leg = switchboard_.find(sid); leg != nullptr && !leg->ended()) {
    leg->hang_up(cause_for(*leg), "hung up by the API");
    // The other side still has to be told: the status follows.
    co_return http::json(202, render_call(leg->record(), loop().wall_now()));
  }
  auto record = co_await find(request);
  if (!record) co_return std::move(record.error());
  co_return problem(request, 409, "conflict", "The call has ended already");
}

}  // namespace belfry::admin
