#include "compat/twilio/applications.hpp"

#include <array>

#include "compat/twilio/documents.hpp"
#include "compat/twilio/fields.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using Kind = Field::Kind;

constexpr auto fields = std::to_array<Field>({
    {"VoiceUrl", "voice_url", Kind::url},
    {"VoiceMethod", "voice_method", Kind::method},
    {"VoiceFallbackUrl", "voice_fallback_url", Kind::url},
    {"VoiceFallbackMethod", "voice_fallback_method", Kind::method},
    {"StatusCallback", "status_callback", Kind::url},
    {"StatusCallbackMethod", "status_callback_method", Kind::method},
    {"VoiceCallerIdLookup", "voice_caller_id_lookup", Kind::flag},
    {"SmsUrl", "sms_url", Kind::url},
    {"SmsMethod", "sms_method", Kind::method},
    {"SmsFallbackUrl", "sms_fallback_url", Kind::url},
    {"SmsFallbackMethod", "sms_fallback_method", Kind::method},
    {"SmsStatusCallback", "sms_status_callback", Kind::url},
    {"MessageStatusCallback", "message_status_callback", Kind::url},
    {"FriendlyName", "friendly_name", Kind::text},
    {"PublicApplicationConnectEnabled", "public_application_connect_enabled", Kind::flag},
});

std::string collection() {
  return std::string(call::NumberDirectory::applications);
}

base::json::object render_application(const Ask& ask, const call::Document& document) {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = document.tag;
  json["api_version"] = "2010-04-01";
  for (const Field& field : fields) json[field.member] = member(document.value, field.member);
  json["uri"] = ask.uri("/Applications/" + document.key + ".json");
  return json;
}

}  // namespace

void ApplicationsResource::add_to(Api& api) {
  api.post("/Applications", this, &ApplicationsResource::create);
  api.get("/Applications", this, &ApplicationsResource::list);
  api.get("/Applications/{Sid}", this, &ApplicationsResource::fetch);
  api.post("/Applications/{Sid}", this, &ApplicationsResource::update);
  api.remove("/Applications/{Sid}", this, &ApplicationsResource::remove);
}

base::Task<http::Response> ApplicationsResource::create(Ask ask) {
  call::Document document = make_document(context_, collection(), "AP", ask.account.sid);
  set_fields(ask.parameters, fields, document.value);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  document.value["updated"] = base::to_unix_micros(document.created);
  call::Document to_store = document;
  const auto stored = co_await context_.directory.put_application(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_application(ask, document));
}

base::Task<http::Response> ApplicationsResource::list(Ask ask) {
  call::DocumentQuery query{.collection = collection(), .tag = ask.account.sid};
  if (std::string name = ask.parameters.text("FriendlyName"); !name.empty())
    query.members.emplace_back("friendly_name", std::move(name));
  return list_documents(
      std::move(ask), context_.journal(), std::move(query), "applications", render_application
  );
}

base::Task<http::Response> ApplicationsResource::fetch(Ask ask) {
  const call::Document* found = context_.directory.application(ask.param("Sid"));
  if (found == nullptr || found->tag != ask.account.sid) co_return ask.not_found();
  co_return http::json(200, render_application(ask, *found));
}

base::Task<http::Response> ApplicationsResource::update(Ask ask) {
  const call::Document* found = context_.directory.application(ask.param("Sid"));
  if (found == nullptr || found->tag != ask.account.sid) co_return ask.not_found();
  call::Document changed = *found;
  change_fields(ask.parameters, fields, changed.value);
  // An inline document would go on answering.
  if (ask.parameters.has("VoiceUrl")) changed.value.erase("twiml");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.directory.put_application(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_application(ask, changed));
}

base::Task<http::Response> ApplicationsResource::remove(Ask ask) {
  const call::Document* found = context_.directory.application(ask.param("Sid"));
  if (found == nullptr || found->tag != ask.account.sid) co_return ask.not_found();
  const auto removed = co_await context_.directory.remove_application(ask.param("Sid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
