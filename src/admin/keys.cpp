#include "admin/keys.hpp"

#include "admin/problem.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t max_name = 64;

base::json::object render(const identity::ApiKey& key) {
  return {
      {"sid", key.sid},
      {"friendly_name", key.friendly_name},
      {"created_at", base::to_rfc3339(key.created)},
      {"of_installation", key.administers},
  };
}

}  // namespace

void Keys::add_to(http::Router& router) {
  router.add("GET /admin/api/keys", http::immediate([this](const http::Request&) {
               return list();
             }));
  router.add("POST /admin/api/keys", [this](http::Request request) {
    return make(std::move(request));
  });
  router.add("DELETE /admin/api/keys/{sid}", [this](http::Request request) {
    return revoke(std::move(request));
  });
}

http::Response Keys::list() const {
  base::json::array items;
  for (const identity::ApiKey* key : accounts_.keys_of(accounts_.main().sid))
    items.emplace_back(render(*key));
  return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Keys::make(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  BodyReader reader(*body);
  std::string name = reader.required_text("friendly_name", max_name).value_or("");
  if (!reader.complaints().empty()) co_return refuse(request, reader.complaints());
  const auto made = co_await accounts_.create_key(accounts_.main().sid, std::move(name));
  if (!made) co_return failure(request, made.error());
  base::json::object json = render(*made);
  json["secret"] = made->secret;
  http::Response response = http::json(201, json);
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

base::Task<http::Response> Keys::revoke(http::Request request) {
  const identity::ApiKey* key = accounts_.find_key(request.param("sid"));
  if (key == nullptr || key->account_sid != accounts_.main().sid)
    co_return problem(request, 404, "not-found", "There is no key " + request.param("sid"));
  // It is in the keys file and would be back at the next start.
  if (key->administers)
    co_return problem(request, 403, "refused", "The installation's own key cannot be revoked");
  const auto removed = co_await accounts_.remove_key(request.param("sid"));
  if (!removed) co_return failure(request, removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::admin
