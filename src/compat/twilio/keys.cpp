#include "compat/twilio/keys.hpp"

#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

constexpr std::size_t max_name = 64;

base::json::object render_key(const identity::ApiKey& key) {
  base::json::object json;
  json["sid"] = key.sid;
  json["friendly_name"] = key.friendly_name;
  json["date_created"] = date(key.created);
  json["date_updated"] = date(key.updated);
  return json;
}

}  // namespace

void KeysResource::add_to(Api& api) {
  for (const std::string path : {"/Keys", "/SigningKeys"}) {
    api.post(path, this, &KeysResource::create);
    api.get(path, this, &KeysResource::list);
    api.get(path + "/{Sid}", this, &KeysResource::fetch);
    api.post(path + "/{Sid}", this, &KeysResource::update);
    api.remove(path + "/{Sid}", this, &KeysResource::remove);
  }
}

const identity::ApiKey* KeysResource::find(const Ask& ask) const {
  const identity::ApiKey* key = context_.accounts.find_key(ask.param("Sid"));
  return key != nullptr && key->account_sid == ask.account.sid ? key : nullptr;
}

base::Task<http::Response> KeysResource::create(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  std::string name = ask.parameters.limited("FriendlyName", max_name);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto made = co_await context_.accounts.create_key(ask.account.sid, std::move(name));
  if (!made) co_return refusal(made.error());
  base::json::object json = render_key(*made);
  json["secret"] = made->secret;
  co_return http::json(201, json);
}

base::Task<http::Response> KeysResource::list(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto all = context_.accounts.keys_of(ask.account.sid);
  Page page;
  for (const identity::ApiKey* key :
       slice(all, request, [](const identity::ApiKey* each) { return each->sid; }, page.more)) {
    if (page.first_sid.empty()) page.first_sid = key->sid;
    page.last_sid = key->sid;
    page.items.emplace_back(render_key(*key));
  }
  const bool signing = ask.request.path.contains("/SigningKeys");
  co_return render_page(ask, signing ? "signing_keys" : "keys", request, std::move(page));
}

base::Task<http::Response> KeysResource::fetch(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  const identity::ApiKey* key = find(ask);
  if (key == nullptr) co_return ask.not_found();
  co_return http::json(200, render_key(*key));
}

base::Task<http::Response> KeysResource::update(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  const identity::ApiKey* key = find(ask);
  if (key == nullptr) co_return ask.not_found();
  identity::ApiKey changed = *key;
  const std::string name = ask.parameters.limited("FriendlyName", max_name);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (ask.parameters.has("FriendlyName")) changed.friendly_name = name;
  identity::ApiKey to_store = changed;
  const auto stored = co_await context_.accounts.update_key(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_key(changed));
}

base::Task<http::Response> KeysResource::remove(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  const identity::ApiKey* key = find(ask);
  if (key == nullptr) co_return ask.not_found();
  // It is in the keys file and would be back at the next start.
  if (key->administers) co_return refusal(20009, "The installation's own key cannot be deleted");
  const auto removed = co_await context_.accounts.remove_key(ask.param("Sid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
