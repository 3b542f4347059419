#include "compat/twilio/incoming_phone_numbers.hpp"

#include <array>

#include "call/number_pool.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/fields.hpp"
#include "compat/twilio/rendering.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::twilio {
namespace {

using Kind = Field::Kind;

constexpr auto fields = std::to_array<Field>({
    {"FriendlyName", "friendly_name", Kind::text},
    {"VoiceUrl", "voice_url", Kind::url},
    {"VoiceMethod", "voice_method", Kind::method},
    {"VoiceFallbackUrl", "voice_fallback_url", Kind::url},
    {"VoiceFallbackMethod", "voice_fallback_method", Kind::method},
    {"VoiceCallerIdLookup", "voice_caller_id_lookup", Kind::flag},
    {"VoiceApplicationSid", "voice_application_sid", Kind::application_sid},
    {"StatusCallback", "status_callback", Kind::url},
    {"StatusCallbackMethod", "status_callback_method", Kind::method},
    {"SmsUrl", "sms_url", Kind::url},
    {"SmsMethod", "sms_method", Kind::method},
    {"SmsFallbackUrl", "sms_fallback_url", Kind::url},
    {"SmsFallbackMethod", "sms_fallback_method", Kind::method},
    {"SmsApplicationSid", "sms_application_sid", Kind::application_sid},
    {"TrunkSid", "trunk_sid", Kind::text},
    {"AddressSid", "address_sid", Kind::text},
    {"BundleSid", "bundle_sid", Kind::text},
    {"IdentitySid", "identity_sid", Kind::text},
    {"EmergencyAddressSid", "emergency_address_sid", Kind::text},
});

std::string collection() {
  return std::string(call::NumberDirectory::numbers);
}

base::json::object render_number(const Ask& ask, const call::Document& document) {
  const std::string number = text_member(document.value, "phone_number");
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = document.tag;
  json["api_version"] = "2010-04-01";
  json["phone_number"] = number;
  for (const Field& field : fields) json[field.member] = member(document.value, field.member);
  for (const auto* method :
       {"voice_method", "voice_fallback_method", "status_callback_method", "sms_method",
        "sms_fallback_method"})
    if (json[method].is_null()) json[method] = "POST";
  if (json["voice_caller_id_lookup"].is_null()) json["voice_caller_id_lookup"] = false;
  json["address_requirements"] = "none";
  json["beta"] = false;
  json["capabilities"] = {{"voice", true}, {"sms", true}, {"mms", true}, {"fax", false}};
  json["emergency_status"] = "Inactive";
  json["emergency_address_status"] = "unregistered";
  json["origin"] = "twilio";
  json["status"] = "in-use";
  json["type"] = numbering::plan_type(number);
  json["voice_receive_mode"] = "voice";
  const std::string path = ask.uri("/IncomingPhoneNumbers/" + document.key);
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(path, {"assigned_add_ons"});
  return json;
}

/// Whether the path asks for one type only: `/IncomingPhoneNumbers/TollFree`.
std::string_view wanted_type(const Ask& ask) {
  const std::string& path = ask.request.path;
  const auto begins = [&](std::string_view last) {
    return path.ends_with(last) || path.ends_with(std::string(last) + ".json");
  };
  if (begins("/Local")) return "local";
  if (begins("/Mobile")) return "mobile";
  return begins("/TollFree") ? "toll free" : "";
}

void read_phone_number(Ask& ask, const Context& context, base::json::object& value) {
  const std::string text = ask.parameters.text("PhoneNumber");
  const std::string area_code = ask.parameters.text("AreaCode");
  std::string number = numbering::strip(text);
  if (text.empty() && area_code.empty())
    return ask.parameters.refuse(21421, "PhoneNumber or AreaCode is required");
  if (text.empty()) {
    const auto free = call::available_numbers(context.directory, "US", "Local", {area_code, ""}, 1);
    if (free.empty()) return ask.parameters.refuse(21452);
    number = free.front().number;
  } else if (!number.starts_with('+') || number.size() < 4 || number.size() > 16) {
    return ask.parameters.refuse(21421, "The phone number " + text + " is not valid");
  } else if (context.directory.number_of(number) != nullptr) {
    return ask.parameters.refuse(21422, "The phone number " + number + " is not available");
  }
  value["phone_number"] = number;
}

}  // namespace

void IncomingPhoneNumbersResource::add_to(Api& api) {
  api.post("/IncomingPhoneNumbers", this, &IncomingPhoneNumbersResource::create);
  api.get("/IncomingPhoneNumbers", this, &IncomingPhoneNumbersResource::list);
  for (const std::string type : {"Local", "Mobile", "TollFree"}) {
    api.post("/IncomingPhoneNumbers/" + type, this, &IncomingPhoneNumbersResource::create);
    api.get("/IncomingPhoneNumbers/" + type, this, &IncomingPhoneNumbersResource::list);
  }
  api.get("/IncomingPhoneNumbers/{Sid}", this, &IncomingPhoneNumbersResource::fetch);
  api.post("/IncomingPhoneNumbers/{Sid}", this, &IncomingPhoneNumbersResource::update);
  api.remove("/IncomingPhoneNumbers/{Sid}", this, &IncomingPhoneNumbersResource::remove);
}

base::Task<http::Response> IncomingPhoneNumbersResource::create(Ask ask) {
  call::Document document = make_document(context_, collection(), "PN", ask.account.sid);
  read_phone_number(ask, context_, document.value);
  set_fields(ask.parameters, fields, document.value);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (document.value["friendly_name"].is_null())
    document.value["friendly_name"] = format_number(text_member(document.value, "phone_number"));
  document.value["number_type"] = numbering::plan_type(text_member(document.value, "phone_number"));
  document.value["updated"] = base::to_unix_micros(document.created);
  call::Document to_store = document;
  const auto stored = co_await context_.directory.put_number(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_number(ask, document));
}

base::Task<http::Response> IncomingPhoneNumbersResource::list(Ask ask) {
  call::DocumentQuery query{.collection = collection(), .tag = ask.account.sid};
  for (const auto& [parameter, name] :
       {std::pair{"FriendlyName", "friendly_name"}, std::pair{"PhoneNumber", "phone_number"}})
    if (std::string value = ask.parameters.text(parameter); !value.empty())
      query.members.emplace_back(name, std::move(value));
  if (const std::string_view type = wanted_type(ask); !type.empty())
    query.members.emplace_back("number_type", type);
  return list_documents(
      std::move(ask), context_.journal(), std::move(query), "incoming_phone_numbers", render_number
  );
}

base::Task<http::Response> IncomingPhoneNumbersResource::fetch(Ask ask) {
  const call::Document* found = context_.directory.number(ask.param("Sid"));
  if (found == nullptr || found->tag != ask.account.sid) co_return ask.not_found();
  co_return http::json(200, render_number(ask, *found));
}

base::Task<http::Response> IncomingPhoneNumbersResource::update(Ask ask) {
  const call::Document* found = context_.directory.number(ask.param("Sid"));
  if (found == nullptr || found->tag != ask.account.sid) co_return ask.not_found();
  call::Document changed = *found;
  change_fields(ask.parameters, fields, changed.value);
  // An inline document would go on answering.
  if (ask.parameters.has("VoiceUrl")) changed.value.erase("twiml");
  if (const std::string account = ask.parameters.text("AccountSid"); !account.empty()) {
    // A transfer within the family.
    const identity::Account* to = context_.accounts.find(account);
    if (to == nullptr || !context_.accounts.may_use(ask.caller, *to))
      ask.parameters.refuse(20001, "AccountSid is not an account of yours");
    changed.tag = account;
  }
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.directory.put_number(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_number(ask, changed));
}

base::Task<http::Response> IncomingPhoneNumbersResource::remove(Ask ask) {
  const call::Document* found = context_.directory.number(ask.param("Sid"));
  if (found == nullptr || found->tag != ask.account.sid) co_return ask.not_found();
  const auto removed = co_await context_.directory.remove_number(ask.param("Sid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
