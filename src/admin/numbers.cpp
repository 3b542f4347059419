#include "admin/numbers.hpp"

#include <array>

#include "admin/answering_members.hpp"
#include "base/ids.hpp"
#include "numbering/number.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t most = 1000;

constexpr auto own_members = std::to_array<AnsweringMember>({
    {"phone_number"},
    {"voice_application_sid"},
    {"sms_application_sid"},
});
constexpr auto changeable = std::span(own_members).subspan<1>();

base::json::object render(const call::Document& document) {
  base::json::object json = render_members(document, answering_members());
  for (const AnsweringMember& member : own_members) {
    const base::json::value* found = document.value.if_contains(member.name);
    json[member.name] = found == nullptr ? base::json::value(nullptr) : *found;
  }
  json["from_file"] = document.value.contains("configured");
  return json;
}

http::Response no_such_number(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no number " + request.param("sid"));
}

}  // namespace

void Numbers::add_to(http::Router& router) {
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Numbers::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  route("GET /admin/api/numbers", &Numbers::list);
  route("POST /admin/api/numbers", &Numbers::add);
  route("PATCH /admin/api/numbers/{sid}", &Numbers::change);
  route("DELETE /admin/api/numbers/{sid}", &Numbers::remove);
}

base::Task<http::Response> Numbers::list(http::Request request) {
  call::DocumentQuery query;
  query.collection = call::NumberDirectory::numbers;
  query.limit = most;
  const auto documents = co_await access_.journal.find_documents(std::move(query));
  if (!documents) co_return failure(request, documents.error());
  base::json::array items;
  for (const call::Document& document : *documents) items.emplace_back(render(document));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

Complaints Numbers::read(const base::json::object& body, base::json::object& value) const {
  BodyReader reader(body);
  change_members(body, reader, answering_members(), value);
  change_members(body, reader, changeable, value);
  for (const AnsweringMember& member : changeable) {
    const std::string sid = text_member(value, member.name);
    if (!sid.empty() && access_.directory.application(sid) == nullptr)
      reader.complain(member.name, "invalid", "there is no application " + sid);
  }
  return reader.complaints();
}

base::Task<http::Response> Numbers::add(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  call::Document document;
  document.collection = call::NumberDirectory::numbers;
  document.key = base::make_sid("PN", access_.random);
  document.tag = access_.account_sid;
  document.created = access_.loop.wall_now();
  Complaints complaints = read(*body, document.value);
  const std::string number = numbering::strip(text_member(*body, "phone_number"));
  if (!number.starts_with('+') || number.size() < 4 || number.size() > 16)
    complaints.push_back(
        {"#/phone_number", "invalid", "phone_number must be a telephone number, +12025550142"}
    );
  if (!complaints.empty()) co_return refuse(request, complaints);
  document.value["phone_number"] = number;
  document.value["number_type"] = numbering::plan_type(number);
  if (text_member(document.value, "friendly_name").empty())
    document.value["friendly_name"] = number;
  document.value["updated"] = base::to_unix_micros(document.created);
  call::Document to_store = document;
  const auto stored = co_await access_.directory.put_number(std::move(to_store));
  if (!stored) co_return failure(request, stored.error());
  http::Response response = http::json(201, render(document));
  response.headers.add("Location", "/admin/api/numbers/" + document.key);
  co_return response;
}

base::Task<http::Response> Numbers::change(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  const call::Document* found = access_.directory.number(request.param("sid"));
  if (found == nullptr) co_return no_such_number(request);
  call::Document changed = *found;
  const Complaints complaints = read(*body, changed.value);
  if (!complaints.empty()) co_return refuse(request, complaints);
  changed.value["updated"] = base::to_unix_micros(access_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await access_.directory.put_number(std::move(to_store));
  if (!stored) co_return failure(request, stored.error());
  co_return http::json(200, render(changed));
}

base::Task<http::Response> Numbers::remove(http::Request request) {
  const call::Document* found = access_.directory.number(request.param("sid"));
  if (found == nullptr) co_return no_such_number(request);
  if (found->value.contains("configured"))
    co_return problem(
        request, 403, "refused", "The number is in the configuration file: remove it there"
    );
  const auto removed = co_await access_.directory.remove_number(request.param("sid"));
  if (!removed) co_return failure(request, removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::admin
