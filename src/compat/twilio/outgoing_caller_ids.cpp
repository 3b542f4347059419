#include "compat/twilio/outgoing_caller_ids.hpp"

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/rendering.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::twilio {
namespace {

constexpr std::string_view collection = "outgoing_caller_id";
constexpr std::size_t max_name = 64;

base::json::object render_caller_id(const Ask& ask, const call::Document& document) {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = document.tag;
  json["friendly_name"] = member(document.value, "friendly_name");
  json["phone_number"] = member(document.value, "phone_number");
  json["uri"] = ask.uri("/OutgoingCallerIds/" + document.key + ".json");
  return json;
}

}  // namespace

void OutgoingCallerIdsResource::add_to(Api& api) {
  api.post("/OutgoingCallerIds", this, &OutgoingCallerIdsResource::create);
  api.get("/OutgoingCallerIds", this, &OutgoingCallerIdsResource::list);
  api.get("/OutgoingCallerIds/{Sid}", this, &OutgoingCallerIdsResource::fetch);
  api.post("/OutgoingCallerIds/{Sid}", this, &OutgoingCallerIdsResource::update);
  api.remove("/OutgoingCallerIds/{Sid}", this, &OutgoingCallerIdsResource::remove);
}

base::Task<http::Response> OutgoingCallerIdsResource::create(Ask ask) {
  call::CallerIdRequest request;
  request.account_sid = ask.account.sid;
  request.phone_number = numbering::strip(ask.parameters.required("PhoneNumber", 21401));
  request.friendly_name = ask.parameters.limited("FriendlyName", max_name);
  ask.parameters.integer("CallDelay", 0, 0, 60);  // the call is placed at once
  request.extension = ask.parameters.text("Extension");
  request.callback.url = ask.parameters.url("StatusCallback");
  request.callback.method = ask.parameters.method("StatusCallbackMethod");
  if (!request.phone_number.starts_with('+')) ask.parameters.refuse(21401);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (request.friendly_name.empty()) request.friendly_name = format_number(request.phone_number);

  call::DocumentQuery query{
      .collection = std::string(collection),
      .tag = ask.account.sid,
      .members = {{"phone_number", request.phone_number}},
      .limit = 1
  };
  const auto known = co_await context_.journal().find_documents(std::move(query));
  if (!known) co_return refusal(known.error());
  if (!known->empty()) co_return refusal(21450);
  base::json::object json;
  json["account_sid"] = ask.account.sid;
  json["friendly_name"] = request.friendly_name;
  json["phone_number"] = request.phone_number;
  const auto begun = co_await context_.validations.begin(std::move(request));
  if (!begun) co_return refusal(begun.error());
  json["call_sid"] = begun->call_sid;
  json["validation_code"] = begun->code;
  co_return http::json(200, json);
}

base::Task<http::Response> OutgoingCallerIdsResource::list(Ask ask) {
  call::DocumentQuery query{.collection = std::string(collection), .tag = ask.account.sid};
  for (const auto& [parameter, name] :
       {std::pair{"FriendlyName", "friendly_name"}, std::pair{"PhoneNumber", "phone_number"}})
    if (std::string value = ask.parameters.text(parameter); !value.empty())
      query.members.emplace_back(name, std::move(value));
  return list_documents(
      std::move(ask), context_.journal(), std::move(query), "outgoing_caller_ids", render_caller_id
  );
}

base::Task<http::Response> OutgoingCallerIdsResource::fetch(Ask ask) {
  const auto found =
      co_await find_document(context_, std::string(collection), ask.param("Sid"), ask.account.sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_caller_id(ask, **found));
}

base::Task<http::Response> OutgoingCallerIdsResource::update(Ask ask) {
  auto found =
      co_await find_document(context_, std::string(collection), ask.param("Sid"), ask.account.sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  const std::string name = ask.parameters.limited("FriendlyName", max_name);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (!name.empty()) (*found)->value["friendly_name"] = name;
  (*found)->value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document changed = **found;
  const auto stored = co_await store_document(context_, std::move(changed));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_caller_id(ask, **found));
}

base::Task<http::Response> OutgoingCallerIdsResource::remove(Ask ask) {
  const auto found =
      co_await find_document(context_, std::string(collection), ask.param("Sid"), ask.account.sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  const auto removed =
      co_await remove_document(context_, std::string(collection), ask.param("Sid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
