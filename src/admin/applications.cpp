#include "admin/applications.hpp"

#include "admin/answering_members.hpp"
#include "base/ids.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t most = 1000;

base::json::object render(const call::Document& document) {
  return render_members(document, answering_members());
}

http::Response no_such_application(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no application " + request.param("sid"));
}

/// What is wrong with the body; otherwise `value` has what it says.
Complaints read(const base::json::object& body, base::json::object& value) {
  BodyReader reader(body);
  change_members(body, reader, answering_members(), value);
  if (text_member(value, "friendly_name").empty())
    reader.complain("friendly_name", "missing", "friendly_name is required");
  return reader.complaints();
}

}  // namespace

void Applications::add_to(http::Router& router) {
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Applications::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  route("GET /admin/api/applications", &Applications::list);
  route("POST /admin/api/applications", &Applications::add);
  route("PATCH /admin/api/applications/{sid}", &Applications::change);
  route("DELETE /admin/api/applications/{sid}", &Applications::remove);
}

base::Task<http::Response> Applications::list(http::Request request) {
  call::DocumentQuery query;
  query.collection = call::NumberDirectory::applications;
  query.limit = most;
  const auto documents = co_await access_.journal.find_documents(std::move(query));
  if (!documents) co_return failure(request, documents.error());
  base::json::array items;
  for (const call::Document& document : *documents) items.emplace_back(render(document));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Applications::add(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  call::Document document;
  document.collection = call::NumberDirectory::applications;
  document.key = base::make_sid("AP", access_.random);
  document.tag = access_.account_sid;
  document.created = access_.loop.wall_now();
  document.value["updated"] = base::to_unix_micros(document.created);
  const Complaints complaints = read(*body, document.value);
  if (!complaints.empty()) co_return refuse(request, complaints);
  call::Document to_store = document;
  const auto stored = co_await access_.directory.put_application(std::move(to_store));
  if (!stored) co_return failure(request, stored.error());
  http::Response response = http::json(201, render(document));
  response.headers.add("Location", "/admin/api/applications/" + document.key);
  co_return response;
}

base::Task<http::Response> Applications::change(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  const call::Document* found = access_.directory.application(request.param("sid"));
  if (found == nullptr) co_return no_such_application(request);
  call::Document changed = *found;
  const Complaints complaints = read(*body, changed.value);
  if (!complaints.empty()) co_return refuse(request, complaints);
  changed.value["updated"] = base::to_unix_micros(access_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await access_.directory.put_application(std::move(to_store));
  if (!stored) co_return failure(request, stored.error());
  co_return http::json(200, render(changed));
}

base::Task<http::Response> Applications::remove(http::Request request) {
  if (access_.directory.application(request.param("sid")) == nullptr)
    co_return no_such_application(request);
  const auto removed = co_await access_.directory.remove_application(request.param("sid"));
  if (!removed) co_return failure(request, removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::admin
