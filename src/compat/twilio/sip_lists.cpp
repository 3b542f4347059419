#include "compat/twilio/sip_lists.hpp"

#include "call/sip_directory.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {
constexpr std::size_t max_name = 64;
}

void SipLists::add_to(Api& api) {
  const std::string all(kind_.path);
  api.post(all, this, &SipLists::create);
  api.get(all, this, &SipLists::list);
  api.get(path_of_one(), this, &SipLists::fetch);
  api.post(path_of_one(), this, &SipLists::update);
  api.remove(path_of_one(), this, &SipLists::remove);
}

const call::Document* SipLists::find(const Ask& ask) const {
  return context_.sip.find(kind_.collection, ask.param("ListSid"), ask.account.sid);
}

base::json::object SipLists::render_list(const Ask& ask, const call::Document& document) const {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = document.tag;
  json["friendly_name"] = member(document.value, "friendly_name");
  const std::string path = ask.uri(std::string(kind_.path) + "/" + document.key);
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(path, {kind_.content});
  return json;
}

base::Task<http::Response> SipLists::create(Ask ask) {
  call::Document document =
      make_document(context_, kind_.collection, kind_.sid_prefix, ask.account.sid);
  document.value["friendly_name"] = ask.parameters.required("FriendlyName", 20001);
  ask.parameters.limited("FriendlyName", max_name);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  call::Document to_store = document;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_list(ask, document));
}

base::Task<http::Response> SipLists::list(Ask ask) {
  call::DocumentQuery query{.collection = std::string(kind_.collection), .tag = ask.account.sid};
  const auto render = [this](const Ask& asked, const call::Document& document) {
    return render_list(asked, document);
  };
  return list_documents(
      std::move(ask), context_.journal(), std::move(query), std::string(kind_.envelope), render
  );
}

base::Task<http::Response> SipLists::fetch(Ask ask) {
  const call::Document* found = find(ask);
  if (found == nullptr) co_return ask.not_found();
  co_return http::json(200, render_list(ask, *found));
}

base::Task<http::Response> SipLists::update(Ask ask) {
  const call::Document* found = find(ask);
  if (found == nullptr) co_return ask.not_found();
  call::Document changed = *found;
  changed.value["friendly_name"] = ask.parameters.required("FriendlyName", 20001);
  ask.parameters.limited("FriendlyName", max_name);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_list(ask, changed));
}

base::Task<http::Response> SipLists::remove(Ask ask) {
  if (find(ask) == nullptr) co_return ask.not_found();
  const auto removed =
      co_await context_.sip.remove(std::string(kind_.collection), ask.param("ListSid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
