#include "compat/twilio/sip_domains.hpp"

#include <algorithm>
#include <array>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "call/sip_directory.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/fields.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using call::SipDirectory;
using Kind = Field::Kind;

constexpr auto fields = std::to_array<Field>({
    {"FriendlyName", "friendly_name", Kind::text},
    {"VoiceUrl", "voice_url", Kind::url},
    {"VoiceMethod", "voice_method", Kind::method},
    {"VoiceFallbackUrl", "voice_fallback_url", Kind::url},
    {"VoiceFallbackMethod", "voice_fallback_method", Kind::method},
    {"VoiceStatusCallbackUrl", "voice_status_callback_url", Kind::url},
    {"VoiceStatusCallbackMethod", "voice_status_callback_method", Kind::method},
    {"SipRegistration", "sip_registration", Kind::flag},
    {"EmergencyCallingEnabled", "emergency_calling_enabled", Kind::flag},
    {"Secure", "secure", Kind::flag},
    {"ByocTrunkSid", "byoc_trunk_sid", Kind::text},
    {"EmergencyCallerSid", "emergency_caller_sid", Kind::text},
});

constexpr auto mapping_paths = std::to_array<std::string_view>(
    {"/Auth/Calls/CredentialListMappings", "/Auth/Registrations/CredentialListMappings",
     "/CredentialListMappings", "/Auth/Calls/IpAccessControlListMappings",
     "/IpAccessControlListMappings"}
);

/// What a domain is mapped to.
struct Family {
  std::string_view mappings;   // collection
  std::string_view lists;      // collection
  std::string_view parameter;  // "CredentialListSid"
  std::string_view prefix;     // of that SID
  std::string_view path;       // of the older, plain mappings
  std::string_view key;        // and their key in a list
};
constexpr Family credential_family{SipDirectory::mappings,    SipDirectory::lists,
                                   "CredentialListSid",       "CL",
                                   "/CredentialListMappings", "credential_list_mappings"};
constexpr Family address_family{SipDirectory::ip_mappings,      SipDirectory::ip_lists,
                                "IpAccessControlListSid",       "AL",
                                "/IpAccessControlListMappings", "ip_access_control_list_mappings"};

const Family& family_of(const Ask& ask) {
  return ask.request.path.contains("/IpAccessControlListMappings") ? address_family
                                                                   : credential_family;
}

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

/// By what calls get in: "IP_ACL,CREDENTIAL_LIST", or one of them, or nothing.
std::string auth_type_of(const SipDirectory& directory, const std::string& domain_sid) {
  const auto of_users = directory.all(SipDirectory::mappings, domain_sid);
  const bool users = std::ranges::any_of(of_users, [](const call::Document* mapping) {
    return text_member(mapping->value, "kind") == "calls";
  });
  const bool addresses = !directory.all(SipDirectory::ip_mappings, domain_sid).empty();
  if (addresses) return users ? "IP_ACL,CREDENTIAL_LIST" : "IP_ACL";
  return users ? "CREDENTIAL_LIST" : "";
}

base::json::object render_domain(
    const Ask& ask, const call::Document& document, const SipDirectory& directory
) {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = document.tag;
  json["api_version"] = "2010-04-01";
  json["auth_type"] = auth_type_of(directory, document.key);
  json["domain_name"] = member(document.value, "domain_name");
  for (const Field& field : fields) json[field.member] = member(document.value, field.member);
  const std::string path = ask.uri("/SIP/Domains/" + document.key);
  json["uri"] = path + ".json";
  json["subresource_uris"] =
      subresources(path, {"credential_list_mappings", "ip_access_control_list_mappings"});
  return json;
}

/// "registrations" for that mapping, "calls" for the others.
std::string_view kind_of(const Ask& ask) {
  return ask.request.path.contains("/Registrations/") ? "registrations" : "calls";
}

bool is_old_path(const Ask& ask) {
  return !ask.request.path.contains("/Auth/");
}

base::json::object render_mapping(
    const Ask& ask, const call::Document& mapping, const call::Document* list
) {
  base::json::object json;
  json["sid"] = text_member(mapping.value, "list_sid");
  json["account_sid"] = ask.account.sid;
  json["domain_sid"] = mapping.tag;
  json["friendly_name"] =
      list == nullptr ? base::json::value(nullptr) : member(list->value, "friendly_name");
  json["date_created"] = date(mapping.created);
  json["date_updated"] = date(mapping.created);
  if (is_old_path(ask))
    json["uri"] = ask.uri(
        "/SIP/Domains/" + mapping.tag + std::string(family_of(ask).path) + "/" +
        text_member(mapping.value, "list_sid") + ".json"
    );
  return json;
}

}  // namespace

void SipDomainsResource::add_to(Api& api) {
  api.post("/SIP/Domains", this, &SipDomainsResource::create);
  api.get("/SIP/Domains", this, &SipDomainsResource::list);
  const std::string one = "/SIP/Domains/{DomainSid}";
  api.get(one, this, &SipDomainsResource::fetch);
  api.post(one, this, &SipDomainsResource::update);
  api.remove(one, this, &SipDomainsResource::remove);
  for (const std::string_view path : mapping_paths) {
    const std::string mappings = one + std::string(path);
    api.post(mappings, this, &SipDomainsResource::create_mapping);
    api.get(mappings, this, &SipDomainsResource::list_mappings);
    api.get(mappings + "/{Sid}", this, &SipDomainsResource::fetch_mapping);
    api.remove(mappings + "/{Sid}", this, &SipDomainsResource::remove_mapping);
  }
}

const call::Document* SipDomainsResource::find_domain(const Ask& ask) const {
  return context_.sip.find(SipDirectory::domains, ask.param("DomainSid"), ask.account.sid);
}

const call::Document* SipDomainsResource::find_mapping(const Ask& ask) const {
  if (find_domain(ask) == nullptr) return nullptr;
  for (const call::Document* mapping :
       context_.sip.all(family_of(ask).mappings, ask.param("DomainSid")))
    if (text_member(mapping->value, "list_sid") == ask.param("Sid") &&
        text_member(mapping->value, "kind") == kind_of(ask))
      return mapping;
  return nullptr;
}

base::Task<http::Response> SipDomainsResource::create(Ask ask) {
  call::Document document = make_document(context_, SipDirectory::domains, "SD", ask.account.sid);
  const std::string name = base::to_lower(ask.parameters.required("DomainName", 20001));
  set_fields(ask.parameters, fields, document.value);
  if (!name.empty() && !is_host_name(name))
    ask.parameters.refuse(20001, "DomainName is not a host name");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (context_.sip.domain_named(name) != nullptr) co_return refusal(20409, "DomainName is in use");
  document.value["domain_name"] = name;
  call::Document to_store = document;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_domain(ask, document, context_.sip));
}

base::Task<http::Response> SipDomainsResource::list(Ask ask) {
  call::DocumentQuery query{
      .collection = std::string(SipDirectory::domains), .tag = ask.account.sid
  };
  return list_documents(
      std::move(ask), context_.journal(), std::move(query), "domains",
      [this](const Ask& asked, const call::Document& document) {
        return render_domain(asked, document, context_.sip);
      }
  );
}

base::Task<http::Response> SipDomainsResource::fetch(Ask ask) {
  const call::Document* domain = find_domain(ask);
  if (domain == nullptr) co_return ask.not_found();
  co_return http::json(200, render_domain(ask, *domain, context_.sip));
}

base::Task<http::Response> SipDomainsResource::update(Ask ask) {
  const call::Document* domain = find_domain(ask);
  if (domain == nullptr) co_return ask.not_found();
  call::Document changed = *domain;
  change_fields(ask.parameters, fields, changed.value);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_domain(ask, changed, context_.sip));
}

base::Task<http::Response> SipDomainsResource::remove(Ask ask) {
  if (find_domain(ask) == nullptr) co_return ask.not_found();
  const auto removed =
      co_await context_.sip.remove(std::string(SipDirectory::domains), ask.param("DomainSid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

base::Task<http::Response> SipDomainsResource::create_mapping(Ask ask) {
  if (find_domain(ask) == nullptr) co_return ask.not_found();
  const Family& family = family_of(ask);
  ask.parameters.required(family.parameter, 20001);
  const std::string sid = ask.parameters.sid(family.parameter, family.prefix);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const call::Document* list = context_.sip.find(family.lists, sid, ask.account.sid);
  if (list == nullptr) co_return refusal(20404, "There is no list " + sid);
  const call::Document listed = *list;
  call::Document mapping = make_document(context_, family.mappings, "MP", ask.param("DomainSid"));
  mapping.value["list_sid"] = sid;
  mapping.value["kind"] = kind_of(ask);
  call::Document to_store = mapping;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_mapping(ask, mapping, &listed));
}

base::Task<http::Response> SipDomainsResource::list_mappings(Ask ask) {
  if (find_domain(ask) == nullptr) co_return ask.not_found();
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  std::vector<const call::Document*> mappings =
      context_.sip.all(family_of(ask).mappings, ask.param("DomainSid"));
  std::erase_if(mappings, [&](const call::Document* mapping) {
    return text_member(mapping->value, "kind") != kind_of(ask);
  });
  Page page;
  for (const call::Document* mapping :
       slice(mappings, request, [](const call::Document* each) { return each->key; }, page.more)) {
    if (page.first_sid.empty()) page.first_sid = mapping->key;
    page.last_sid = mapping->key;
    const call::Document* list = context_.sip.find(
        family_of(ask).lists, text_member(mapping->value, "list_sid"), ask.account.sid
    );
    page.items.emplace_back(render_mapping(ask, *mapping, list));
  }
  const std::string_view key = is_old_path(ask) ? family_of(ask).key : "contents";
  co_return render_page(ask, key, request, std::move(page));
}

base::Task<http::Response> SipDomainsResource::fetch_mapping(Ask ask) {
  const call::Document* mapping = find_mapping(ask);
  if (mapping == nullptr) co_return ask.not_found();
  const call::Document* list =
      context_.sip.find(family_of(ask).lists, ask.param("Sid"), ask.account.sid);
  co_return http::json(200, render_mapping(ask, *mapping, list));
}

base::Task<http::Response> SipDomainsResource::remove_mapping(Ask ask) {
  const call::Document* mapping = find_mapping(ask);
  if (mapping == nullptr) co_return ask.not_found();
  const auto removed =
      co_await context_.sip.remove(std::string(family_of(ask).mappings), mapping->key);
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
