#include "apps/take5/people_routes.hpp"

#include "apps/take5/body.hpp"
#include "base/text.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Task;
using base::json::array;
using base::json::object;
using http::Request;
using http::Response;

constexpr std::size_t most_listed = 200;

std::optional<std::int64_t> id_of(const Request& request) {
  const auto number = base::parse_unsigned(request.param("id"));
  if (!number || *number < 1 || *number > static_cast<std::uint64_t>(largest_id))
    return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

Response no_user_id() {
  return failed(400, "A user id is a positive integer");
}
Response no_group_id() {
  return failed(400, "A group id is a positive integer");
}

object user_context(const base::Error& error, std::int64_t id, const UserRequest& request) {
  if (error.code == base::Errc::conflict)
    return {{"phoneNumber", request.phone_number.value_or("")}};
  return {{"userId", id}};
}

/// The number that was refused is named, as in every other answer about a number.
Response refuse_user(const base::Error& error, std::string_view body) {
  object about;
  if (error.message == "Invalid phone number format") {
    const auto document = base::json::parse(body);
    if (document)
      if (const auto* number = base::json::find(*document, "phoneNumber"))
        about["phoneNumber"] = *number;
  }
  return failure(error, std::move(about));
}

/// A number of the query, from 1 to `most`.
std::optional<std::size_t> count_in(
    const Request& request, std::string_view name, std::size_t otherwise, std::size_t most
) {
  const http::Form query = http::Form::parse(request.query).value_or(http::Form());
  const std::string text = query.value_or(name, "");
  if (text.empty()) return otherwise;
  const auto number = base::parse_unsigned(text);
  if (!number || *number < 1 || *number > most) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

}  // namespace

void PeopleRoutes::add_to(http::Router& router) {
  for (const char* prefix : {"/api/user", "/api/group"}) {
    router.set_errors(prefix, [](int status, const Request&, std::string_view reason) {
      return failed(status, status >= 500 ? "Internal server error" : reason);
    });
  }
  const auto add = [&](const char* route, Member member, Door::Limit limit) {
    http::Handler handler = [this, member](Request request) {
      return (this->*member)(std::move(request));
    };
    router.add(route, parts_.door.guard(std::move(handler), limit));
  };
  add("GET /api/user", &PeopleRoutes::list_users, Door::Limit::none);
  add("POST /api/user", &PeopleRoutes::create_user, Door::Limit::rate);
  add("GET /api/user/{id}", &PeopleRoutes::show_user, Door::Limit::none);
  add("PUT /api/user/{id}", &PeopleRoutes::change_user, Door::Limit::rate);
  add("DELETE /api/user/{id}", &PeopleRoutes::remove_user, Door::Limit::rate);
  add("GET /api/group", &PeopleRoutes::list_groups, Door::Limit::none);
  add("POST /api/group", &PeopleRoutes::create_group, Door::Limit::rate);
  add("GET /api/group/check", &PeopleRoutes::check_groups, Door::Limit::none);
  add("GET /api/group/{id}", &PeopleRoutes::show_group, Door::Limit::none);
  add("PUT /api/group/{id}", &PeopleRoutes::change_group, Door::Limit::rate);
  add("DELETE /api/group/{id}", &PeopleRoutes::remove_group, Door::Limit::rate);
  add("GET /api/group/{id}/preview", &PeopleRoutes::preview, Door::Limit::none);
  add("GET /api/group/{id}/attendance", &PeopleRoutes::attendance, Door::Limit::none);
}

Response PeopleRoutes::render_user(int status, std::int64_t id) const {
  const User* user = parts_.directory.user(id);
  if (user == nullptr) return failed(404, "User not found", {{"userId", id}});
  return http::json(status, parts_.directory.render(*user));
}

Response PeopleRoutes::render_group(int status, std::int64_t id) const {
  const Group* group = parts_.directory.group(id);
  if (group == nullptr) return failed(404, "Group not found", {{"groupId", id}});
  return http::json(status, parts_.directory.render(*group));
}

// --- Users ---

Task<Response> PeopleRoutes::list_users(Request /*request*/) {
  array users;
  for (const auto& [id, user] : parts_.directory.users())
    users.push_back(parts_.directory.render(user));
  co_return http::json(200, users);
}

Task<Response> PeopleRoutes::create_user(Request request) {
  auto wanted = read_user_request(request.body, Purpose::creation);
  if (!wanted) co_return refuse_user(wanted.error(), request.body);
  UserRequest terms = *wanted;
  const auto made = co_await parts_.directory.add_user(std::move(terms));
  if (!made) co_return failure(made.error(), user_context(made.error(), 0, *wanted));
  co_return render_user(201, made->id);
}

Task<Response> PeopleRoutes::show_user(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_user_id();
  co_return render_user(200, *id);
}

Task<Response> PeopleRoutes::change_user(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_user_id();
  auto wanted = read_user_request(request.body, Purpose::change);
  if (!wanted) co_return refuse_user(wanted.error(), request.body);
  UserRequest terms = *wanted;
  const auto changed = co_await parts_.directory.change_user(*id, std::move(terms));
  if (!changed) co_return failure(changed.error(), user_context(changed.error(), *id, *wanted));
  co_return render_user(200, *id);
}

Task<Response> PeopleRoutes::remove_user(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_user_id();
  const auto removed = co_await parts_.directory.remove_user(*id);
  if (!removed) co_return failure(removed.error(), {{"userId", *id}});
  co_return http::empty(204);
}

// --- Groups ---

Task<Response> PeopleRoutes::list_groups(Request /*request*/) {
  array groups;
  for (const auto& [id, group] : parts_.directory.groups())
    groups.push_back(parts_.directory.render(group));
  co_return http::json(200, groups);
}

Task<Response> PeopleRoutes::create_group(Request request) {
  auto wanted = read_group_request(request.body, Purpose::creation);
  if (!wanted) co_return failure(wanted.error());
  const auto made = co_await parts_.directory.add_group(std::move(*wanted));
  if (!made) co_return failure(made.error());
  co_return render_group(201, made->id);
}

Task<Response> PeopleRoutes::show_group(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_group_id();
  co_return render_group(200, *id);
}

Task<Response> PeopleRoutes::change_group(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_group_id();
  auto wanted = read_group_request(request.body, Purpose::change);
  if (!wanted) co_return failure(wanted.error(), {{"groupId", *id}});
  const auto changed = co_await parts_.directory.change_group(*id, std::move(*wanted));
  if (!changed) co_return failure(changed.error(), {{"groupId", *id}});
  co_return render_group(200, *id);
}

Task<Response> PeopleRoutes::remove_group(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_group_id();
  const auto removed = co_await parts_.directory.remove_group(*id);
  if (!removed) co_return failure(removed.error(), {{"groupId", *id}});
  co_return http::empty(204);
}

Task<Response> PeopleRoutes::check_groups(Request /*request*/) {
  co_return http::json(200, object{{"groups", parts_.planner.problems()}});
}

Task<Response> PeopleRoutes::preview(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_group_id();
  if (parts_.directory.group(*id) == nullptr)
    co_return failed(404, "Group not found", {{"groupId", *id}});
  const auto count = count_in(request, "count", Planner::shown_moments, Planner::shown_moments);
  if (!count) co_return failed(400, "count must be 1 to 5", {{"groupId", *id}});
  array moments;
  for (const base::WallTime moment : parts_.planner.preview(*id, *count))
    moments.emplace_back(base::to_rfc3339(moment));
  co_return http::json(200, object{{"groupId", *id}, {"nextCallTimes", std::move(moments)}});
}

Task<Response> PeopleRoutes::attendance(Request request) {
  const auto id = id_of(request);
  if (!id) co_return no_group_id();
  if (parts_.directory.group(*id) == nullptr)
    co_return failed(404, "Group not found", {{"groupId", *id}});
  const auto limit = count_in(request, "limit", 50, most_listed);
  if (!limit) co_return failed(400, "limit must be 1 to 200", {{"groupId", *id}});
  const http::Form query = http::Form::parse(request.query).value_or(http::Form());
  Calls::Query wanted;
  wanted.group = std::to_string(*id);
  wanted.after_call = query.value_or("after", "");
  wanted.limit = *limit;
  const auto calls = co_await parts_.calls.list(std::move(wanted));
  if (!calls) co_return failure(calls.error(), {{"groupId", *id}});
  array rendered;
  for (const CallRecord& call : *calls)
    rendered.push_back(call.render_summary(parts_.loop.wall_now()));
  co_return http::json(200, object{{"groupId", *id}, {"calls", std::move(rendered)}});
}

}  // namespace belfry::apps::take5
