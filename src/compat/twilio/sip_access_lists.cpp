#include "compat/twilio/sip_access_lists.hpp"

#include "call/json_members.hpp"
#include "call/sip_directory.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using call::SipDirectory;

constexpr SipListKind kind{
    "/SIP/IpAccessControlLists", "ip_access_control_lists", "ip_addresses", SipDirectory::ip_lists,
    "AL"
};
constexpr std::size_t max_name = 64;

base::json::object render_address(const Ask& ask, const call::Document& document) {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = ask.account.sid;
  json["ip_access_control_list_sid"] = document.tag;
  json["friendly_name"] = member(document.value, "friendly_name");
  json["ip_address"] = member(document.value, "ip_address");
  json["cidr_prefix_length"] = member(document.value, "cidr_prefix_length");
  json["uri"] = ask.uri(
      "/SIP/IpAccessControlLists/" + document.tag + "/IpAddresses/" + document.key + ".json"
  );
  return json;
}

/// The address and how many of its bits count. All of them, unless CidrPrefixLength says less.
void read_range(Parameters& parameters, base::json::object& value) {
  const std::string address = parameters.has("IpAddress") ? parameters.required("IpAddress", 20001)
                                                          : call::text_member(value, "ip_address");
  const std::int64_t all_bits = address.contains(':') ? 128 : 32;
  const bool is_new_address = parameters.has("IpAddress") || !value.contains("cidr_prefix_length");
  const std::int64_t otherwise =
      is_new_address ? all_bits : call::number_member(value, "cidr_prefix_length");
  const std::int64_t bits = parameters.integer("CidrPrefixLength", otherwise, 0, all_bits, 20001);
  if (!call::IpRange::make(address, static_cast<unsigned>(bits)))
    parameters.refuse(20001, "IpAddress is no address");
  value["ip_address"] = address;
  value["cidr_prefix_length"] = bits;
}

}  // namespace

SipAccessListsResource::SipAccessListsResource(Context& context)
    : context_(context), lists_(context, kind) {}

void SipAccessListsResource::add_to(Api& api) {
  using Self = SipAccessListsResource;
  lists_.add_to(api);
  const std::string one = lists_.path_of_one();
  api.post(one + "/IpAddresses", this, &Self::create);
  api.get(one + "/IpAddresses", this, &Self::list);
  api.get(one + "/IpAddresses/{Sid}", this, &Self::fetch);
  api.post(one + "/IpAddresses/{Sid}", this, &Self::update);
  api.remove(one + "/IpAddresses/{Sid}", this, &Self::remove);
}

const call::Document* SipAccessListsResource::find_address(const Ask& ask) const {
  if (lists_.find(ask) == nullptr) return nullptr;
  return context_.sip.find(SipDirectory::ip_addresses, ask.param("Sid"), ask.param("ListSid"));
}

base::Task<http::Response> SipAccessListsResource::create(Ask ask) {
  if (lists_.find(ask) == nullptr) co_return ask.not_found();
  call::Document document =
      make_document(context_, SipDirectory::ip_addresses, "IP", ask.param("ListSid"));
  document.value["friendly_name"] = ask.parameters.required("FriendlyName", 20001);
  ask.parameters.limited("FriendlyName", max_name);
  ask.parameters.required("IpAddress", 20001);
  read_range(ask.parameters, document.value);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  call::Document to_store = document;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_address(ask, document));
}

base::Task<http::Response> SipAccessListsResource::list(Ask ask) {
  if (lists_.find(ask) == nullptr) co_return ask.not_found();
  call::DocumentQuery query{
      .collection = std::string(SipDirectory::ip_addresses), .tag = ask.param("ListSid")
  };
  auto listing = list_documents(
      std::move(ask), context_.journal(), std::move(query), "ip_addresses", render_address
  );
  co_return co_await std::move(listing);
}

base::Task<http::Response> SipAccessListsResource::fetch(Ask ask) {
  const call::Document* found = find_address(ask);
  if (found == nullptr) co_return ask.not_found();
  co_return http::json(200, render_address(ask, *found));
}

base::Task<http::Response> SipAccessListsResource::update(Ask ask) {
  const call::Document* found = find_address(ask);
  if (found == nullptr) co_return ask.not_found();
  call::Document changed = *found;
  if (ask.parameters.has("FriendlyName"))
    changed.value["friendly_name"] = ask.parameters.limited("FriendlyName", max_name);
  read_range(ask.parameters, changed.value);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_address(ask, changed));
}

base::Task<http::Response> SipAccessListsResource::remove(Ask ask) {
  if (find_address(ask) == nullptr) co_return ask.not_found();
  const auto removed =
      co_await context_.sip.remove(std::string(SipDirectory::ip_addresses), ask.param("Sid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
