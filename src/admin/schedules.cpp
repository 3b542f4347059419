#include "admin/schedules.hpp"

#include "admin/schedule_json.hpp"
#include "base/text.hpp"
#include "http/form.hpp"

namespace belfry::admin {
namespace {

using call::schedule::Occurrence;
using call::schedule::Schedule;

constexpr std::size_t most_moments = 100;
constexpr std::size_t default_moments = 10;
constexpr std::size_t most_rows = 200;
constexpr std::size_t default_rows = 50;
constexpr std::size_t max_request_id = 64;

http::Response no_such_schedule(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no schedule " + request.param("id"));
}

std::optional<std::size_t> read_count(
    const http::Request& request, const std::string& name, std::size_t otherwise, std::size_t most
) {
  const auto query = http::Form::parse(request.query);
  if (!query) return std::nullopt;
  if (!query->has(name)) return otherwise;
  const auto number = base::parse_unsigned(query->value_or(name, ""));
  if (!number || *number < 1 || *number > most) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

http::Response bad_count(const http::Request& request, const std::string& name, std::size_t most) {
  return refuse(
      request, {{"?" + name, "range", name + " must be a number from 1 to " + std::to_string(most)}}
  );
}

}  // namespace

void Schedules::add_to(http::Router& router) {
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Schedules::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  route("GET /admin/api/schedules", &Schedules::list);
  route("GET /admin/api/schedules/missed", &Schedules::missed);
  route("POST /admin/api/schedules/preview", &Schedules::preview_rule);
  route("GET /admin/api/schedules/{id}", &Schedules::show);
  route("PUT /admin/api/schedules/{id}", &Schedules::put);
  route("DELETE /admin/api/schedules/{id}", &Schedules::remove);
  route("GET /admin/api/schedules/{id}/preview", &Schedules::preview);
  route("GET /admin/api/schedules/{id}/occurrences", &Schedules::occurrences);
  route("POST /admin/api/schedules/{id}/pause", &Schedules::pause);
  route("POST /admin/api/schedules/{id}/resume", &Schedules::resume);
  route("POST /admin/api/schedules/{id}/run", &Schedules::run);
}

base::Task<http::Response> Schedules::list(http::Request /*request*/) {
  base::json::array items;
  for (const auto& [id, schedule] : access_.schedules.all()) items.emplace_back(render(schedule));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Schedules::show(http::Request request) {
  const Schedule* schedule = access_.schedules.find(request.param("id"));
  if (schedule == nullptr) co_return no_such_schedule(request);
  co_return http::json(200, render(*schedule));
}

base::Task<http::Response> Schedules::put(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  auto read = read_schedule(*body, request.param("id"), access_.default_from);
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return refuse(request, *complaints);
  auto terms = std::get<call::schedule::ScheduleTerms>(std::move(read));
  if (!access_.schedules.has_handler(terms.kind))
    co_return refuse(
        request, {{"#/kind", "invalid", "there are no schedules of kind " + terms.kind}}
    );
  const bool is_new = access_.schedules.find(terms.id) == nullptr;
  const auto stored = co_await access_.schedules.put(std::move(terms));
  if (!stored) co_return failure(request, stored.error());
  co_return http::json(is_new ? 201 : 200, render(*stored));
}

base::Task<http::Response> Schedules::remove(http::Request request) {
  const auto removed = co_await access_.schedules.remove(request.param("id"));
  if (!removed) co_return failure(request, removed.error());
  co_return http::empty(204);
}

base::Task<http::Response> Schedules::preview(http::Request request) {
  const Schedule* schedule = access_.schedules.find(request.param("id"));
  if (schedule == nullptr) co_return no_such_schedule(request);
  const auto count = read_count(request, "count", default_moments, most_moments);
  if (!count) co_return bad_count(request, "count", most_moments);
  base::json::array items;
  for (const base::WallTime moment : access_.schedules.preview(*schedule, *count))
    items.emplace_back(render_moment(moment, schedule->recurrence.zone));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

/// Of a rule that nobody has stored, for who is still choosing it.
base::Task<http::Response> Schedules::preview_rule(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  const auto count = read_count(request, "count", default_moments, most_moments);
  if (!count) co_return bad_count(request, "count", most_moments);
  auto read = read_schedule(*body, "preview", access_.default_from);
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return refuse(request, *complaints);
  auto terms = std::get<call::schedule::ScheduleTerms>(std::move(read)).recurrence;
  const base::WallTime now = access_.loop.wall_now();
  if (terms.start == base::WallTime{}) terms.start = now;
  const auto recurrence = call::schedule::Recurrence::make(std::move(terms));
  if (!recurrence) co_return failure(request, recurrence.error());
  base::json::array items;
  for (const base::WallTime moment : recurrence->preview(now, *count))
    items.emplace_back(render_moment(moment, recurrence->terms().zone));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Schedules::occurrences(http::Request request) {
  if (access_.schedules.find(request.param("id")) == nullptr) co_return no_such_schedule(request);
  std::string id = request.param("id");
  const auto query = http::Form::parse(request.query);
  const std::string asked = query ? query->value_or("state", "") : "broken";
  std::optional<Occurrence::State> state;
  if (asked == "fired") state = Occurrence::State::fired;
  if (asked == "missed") state = Occurrence::State::missed;
  if (!asked.empty() && !state)
    co_return refuse(request, {{"?state", "invalid", "state must be fired or missed"}});
  co_return co_await history(std::move(request), std::move(id), state);
}

base::Task<http::Response> Schedules::missed(http::Request request) {
  std::string any;
  return history(std::move(request), std::move(any), Occurrence::State::missed);
}

base::Task<http::Response> Schedules::history(
    http::Request request, std::string id, std::optional<Occurrence::State> state
) {
  const auto limit = read_count(request, "limit", default_rows, most_rows);
  if (!limit) co_return bad_count(request, "limit", most_rows);
  const auto found = co_await access_.schedules.occurrences(std::move(id), state, *limit);
  if (!found) co_return failure(request, found.error());
  base::json::array items;
  for (const Occurrence& each : *found) items.emplace_back(render(each));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Schedules::pause(http::Request request) {
  return set_paused(std::move(request), true);
}

base::Task<http::Response> Schedules::resume(http::Request request) {
  return set_paused(std::move(request), false);
}

base::Task<http::Response> Schedules::set_paused(http::Request request, bool paused) {
  const auto changed = co_await access_.schedules.set_paused(request.param("id"), paused);
  if (!changed) co_return failure(request, changed.error());
  co_return http::json(200, render(*changed));
}

base::Task<http::Response> Schedules::run(http::Request request) {
  std::string once(request.headers.get("Idempotency-Key").value_or(""));
  if (once.empty()) once = base::make_uuid(access_.random);
  if (once.size() > max_request_id || !call::schedule::is_schedule_id(once))
    co_return problem(
        request, 400, "invalid", "Idempotency-Key is 1 to 64 letters, digits, dots and dashes"
    );
  const auto ran = co_await access_.schedules.run_now(request.param("id"), std::move(once));
  if (!ran) co_return failure(request, ran.error());
  co_return http::json(202, render(*ran));
}

}  // namespace belfry::admin
