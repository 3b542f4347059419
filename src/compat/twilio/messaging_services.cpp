#include "compat/twilio/messaging_services.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using base::json::object;
using call::Document;

constexpr std::string_view service_collection = "messaging_service";
/// Tag: the service; key: service and number.
constexpr std::string_view number_collection = "messaging_service_number";
constexpr std::size_t max_numbers = 400;

std::string service_url(const Ask& ask, std::string_view sid) {
  const std::string url = ask.request.url();
  return url.substr(0, url.size() - ask.request.target.size()) + "/v1/Services/" + std::string(sid);
}

object render_service(const Ask& ask, const Document& document) {
  object json = document.value;
  const std::string url = service_url(ask, document.key);
  json["sid"] = document.key;
  json["date_created"] = iso_date(document.created);
  json["date_updated"] =
      iso_date(base::from_unix_micros(document.value.at("date_updated").as_int64()));
  json["url"] = url;
  json["links"] = object{
      {"phone_numbers", url + "/PhoneNumbers"},
      {"short_codes", url + "/ShortCodes"},
      {"alpha_senders", url + "/AlphaSenders"},
      {"messages", "/2010-04-01/Accounts/" + ask.account.sid + "/Messages.json"},
  };
  return json;
}

object new_service(const Ask& ask) {
  return {
      {"account_sid", ask.account.sid},
      {"friendly_name", ""},
      {"inbound_request_url", nullptr},
      {"inbound_method", "POST"},
      {"fallback_url", nullptr},
      {"fallback_method", "POST"},
      {"status_callback", nullptr},
      {"sticky_sender", true},
      {"mms_converter", true},
      {"smart_encoding", true},
      {"scan_message_content", "inherit"},
      {"fallback_to_long_code", false},
      {"area_code_geomatch", true},
      {"synchronous_validation", false},
      {"validity_period", 36'000},
      {"usecase", "undeclared"},
      {"us_app_to_person_registered", false},
      {"use_inbound_webhook_on_number", true},
  };
}

/// Changes what the request gives.
void apply(Parameters& parameters, object& service) {
  if (parameters.has("FriendlyName"))
    service["friendly_name"] = parameters.limited("FriendlyName", 64);
  const std::pair<const char*, const char*> urls[] = {
      {"InboundRequestUrl", "inbound_request_url"},
      {"FallbackUrl", "fallback_url"},
      {"StatusCallback", "status_callback"},
  };
  for (const auto& [name, into] : urls)
    if (parameters.given(name)) service[into] = or_null(parameters.url(name, 20001));
  const std::pair<const char*, const char*> methods[] = {
      {"InboundMethod", "inbound_method"}, {"FallbackMethod", "fallback_method"}
  };
  for (const auto& [name, into] : methods)
    if (parameters.has(name)) service[into] = parameters.method(name);
  const std::pair<const char*, const char*> flags[] = {
      {"StickySender", "sticky_sender"},
      {"MmsConverter", "mms_converter"},
      {"SmartEncoding", "smart_encoding"},
      {"FallbackToLongCode", "fallback_to_long_code"},
      {"AreaCodeGeomatch", "area_code_geomatch"},
      {"UseInboundWebhookOnNumber", "use_inbound_webhook_on_number"},
  };
  for (const auto& [name, into] : flags)
    if (parameters.has(name)) service[into] = parameters.flag(name);
  if (parameters.has("ValidityPeriod"))
    service["validity_period"] = parameters.integer("ValidityPeriod", 36'000, 1, 36'000);
  if (parameters.has("Usecase")) service["usecase"] = parameters.text("Usecase");
}

object render_number(const Ask& ask, const Document& document) {
  object json = document.value;
  const std::string sid = text_member(document.value, "sid");
  const std::string service = text_member(document.value, "service_sid");
  const std::string number = text_member(document.value, "phone_number");
  json["date_created"] = iso_date(document.created);
  json["date_updated"] = iso_date(document.created);
  json["country_code"] = number.starts_with("+1") ? base::json::value("US") : nullptr;
  json["capabilities"] = base::json::array{"SMS", "MMS", "Voice"};
  json["url"] = service_url(ask, service) + "/PhoneNumbers/" + sid;
  return json;
}

}  // namespace

base::Task<base::Result<std::optional<MessagingService>>> find_messaging_service(
    call::Journal& journal, std::string account_sid, std::string sid
) {
  const auto service = co_await journal.find_document(std::string(service_collection), sid);
  if (!service) co_return base::fail(service.error());
  if (!*service || (*service)->tag != account_sid) co_return std::optional<MessagingService>();
  call::DocumentQuery query{
      .collection = std::string(number_collection), .tag = sid, .limit = max_numbers
  };
  const auto numbers = co_await journal.find_documents(std::move(query));
  if (!numbers) co_return base::fail(numbers.error());
  MessagingService found;
  found.status_callback = text_member((*service)->value, "status_callback");
  found.smart_encoding = member((*service)->value, "smart_encoding") == true;
  for (const Document& number : *numbers)
    found.numbers.push_back(text_member(number.value, "phone_number"));
  std::ranges::reverse(found.numbers);
  co_return std::optional<MessagingService>(std::move(found));
}

void MessagingServicesResource::add_to(Api& api) {
  using Self = MessagingServicesResource;
  api.post("/v1/Services", this, &Self::create);
  api.get("/v1/Services", this, &Self::list);
  api.get("/v1/Services/{Sid}", this, &Self::fetch);
  api.post("/v1/Services/{Sid}", this, &Self::update);
  api.remove("/v1/Services/{Sid}", this, &Self::remove);
  api.post("/v1/Services/{ServiceSid}/PhoneNumbers", this, &Self::add_number);
  api.get("/v1/Services/{ServiceSid}/PhoneNumbers", this, &Self::list_numbers);
  api.get("/v1/Services/{ServiceSid}/PhoneNumbers/{Sid}", this, &Self::fetch_number);
  api.remove("/v1/Services/{ServiceSid}/PhoneNumbers/{Sid}", this, &Self::remove_number);
}

base::Task<base::Result<std::optional<Document>>> MessagingServicesResource::find(
    std::string account, std::string sid
) {
  auto found =
      co_await context_.journal().find_document(std::string(service_collection), std::move(sid));
  if (found && *found && (*found)->tag != account) co_return std::optional<Document>();
  co_return found;
}

base::Task<http::Response> MessagingServicesResource::create(Ask ask) {
  object service = new_service(ask);
  if (ask.parameters.required("FriendlyName", 20001).empty() && !ask.parameters.error())
    ask.parameters.refuse(20001);
  apply(ask.parameters, service);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const base::WallTime now = context_.loop.wall_now();
  service["date_updated"] = base::to_unix_micros(now);
  Document document{
      std::string(service_collection), base::make_sid("MG", context_.random), ask.account.sid,
      std::move(service), now
  };
  call::Changes changes;
  changes.new_documents.push_back(document);
  const auto stored = co_await context_.journal().commit(std::move(changes));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_service(ask, document));
}

base::Task<http::Response> MessagingServicesResource::list(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  call::DocumentQuery query{.collection = std::string(service_collection), .tag = ask.account.sid};
  const auto loaded = co_await load_page(context_.journal(), std::move(query), request);
  if (!loaded) co_return refusal(loaded.error());
  Page page;
  page.more = loaded->more;
  for (const Document& document : loaded->documents) {
    if (page.first_sid.empty()) page.first_sid = document.key;
    page.last_sid = document.key;
    page.items.emplace_back(render_service(ask, document));
  }
  co_return render_meta_page(ask, "services", request, std::move(page));
}

base::Task<http::Response> MessagingServicesResource::fetch(Ask ask) {
  const auto found = co_await find(ask.account.sid, ask.param("Sid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_service(ask, **found));
}

base::Task<http::Response> MessagingServicesResource::update(Ask ask) {
  auto found = co_await find(ask.account.sid, ask.param("Sid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  Document document = std::move(**found);
  apply(ask.parameters, document.value);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  document.value["date_updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Changes changes;
  changes.documents.push_back(document);
  const auto stored = co_await context_.journal().commit(std::move(changes));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_service(ask, document));
}

base::Task<http::Response> MessagingServicesResource::remove(Ask ask) {
  const std::string sid = ask.param("Sid");
  const auto found = co_await find(ask.account.sid, sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  call::DocumentQuery query{
      .collection = std::string(number_collection), .tag = sid, .limit = max_numbers
  };
  const auto numbers = co_await context_.journal().find_documents(std::move(query));
  if (!numbers) co_return refusal(numbers.error());
  call::Changes changes;
  changes.removed_documents.push_back({std::string(service_collection), sid});
  for (const Document& number : *numbers)
    changes.removed_documents.push_back({std::string(number_collection), number.key});
  const auto removed = co_await context_.journal().commit(std::move(changes));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

// --- Its numbers ---

base::Task<http::Response> MessagingServicesResource::add_number(Ask ask) {
  const std::string service = ask.param("ServiceSid");
  const auto found = co_await find(ask.account.sid, service);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  ask.parameters.required("PhoneNumberSid", 20001);
  const std::string sid = ask.parameters.sid("PhoneNumberSid", "PN");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const Document* owned = context_.directory.number(sid);
  if (owned == nullptr || owned->tag != ask.account.sid) co_return refusal(21404);
  const std::string number = text_member(owned->value, "phone_number");
  Document document{
      std::string(number_collection),
      service + sid,
      service,
      {{"sid", sid},
       {"account_sid", ask.account.sid},
       {"service_sid", service},
       {"phone_number", number}},
      context_.loop.wall_now()
  };
  call::Changes changes;
  changes.new_documents.push_back(document);
  const auto stored = co_await context_.journal().commit(std::move(changes));
  if (!stored && stored.error().code == base::Errc::conflict) co_return refusal(21710);
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_number(ask, document));
}

base::Task<base::Result<std::optional<Document>>> MessagingServicesResource::find_number(
    std::string account, std::string service, std::string sid
) {
  auto found =
      co_await context_.journal().find_document(std::string(number_collection), service + sid);
  if (found && *found && text_member((*found)->value, "account_sid") != account)
    co_return std::optional<Document>();
  co_return found;
}

base::Task<http::Response> MessagingServicesResource::list_numbers(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto service = co_await find(ask.account.sid, ask.param("ServiceSid"));
  if (!service) co_return refusal(service.error());
  if (!*service) co_return ask.not_found();
  call::DocumentQuery query{
      .collection = std::string(number_collection), .tag = (*service)->key, .limit = max_numbers
  };
  const auto found = co_await context_.journal().find_documents(std::move(query));
  if (!found) co_return refusal(found.error());
  Page page;
  const auto sid_of = [](const Document& each) { return text_member(each.value, "sid"); };
  for (const Document& document : slice(*found, request, sid_of, page.more)) {
    if (page.first_sid.empty()) page.first_sid = sid_of(document);
    page.last_sid = sid_of(document);
    page.items.emplace_back(render_number(ask, document));
  }
  co_return render_meta_page(ask, "phone_numbers", request, std::move(page));
}

base::Task<http::Response> MessagingServicesResource::fetch_number(Ask ask) {
  const auto found =
      co_await find_number(ask.account.sid, ask.param("ServiceSid"), ask.param("Sid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_number(ask, **found));
}

base::Task<http::Response> MessagingServicesResource::remove_number(Ask ask) {
  const auto found =
      co_await find_number(ask.account.sid, ask.param("ServiceSid"), ask.param("Sid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  call::Changes changes;
  changes.removed_documents.push_back({std::string(number_collection), (*found)->key});
  const auto removed = co_await context_.journal().commit(std::move(changes));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
