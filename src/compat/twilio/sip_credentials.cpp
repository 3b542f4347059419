#include "compat/twilio/sip_credentials.hpp"

#include <algorithm>

#include "call/sip_directory.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using call::SipDirectory;

constexpr SipListKind kind{
    "/SIP/CredentialLists", "credential_lists", "credentials", SipDirectory::lists, "CL"
};
constexpr std::size_t max_user = 32;
constexpr std::size_t least_password = 12;

base::json::object render_credential(const Ask& ask, const call::Document& document) {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = ask.account.sid;
  json["credential_list_sid"] = document.tag;
  json["username"] = member(document.value, "username");
  json["uri"] =
      ask.uri("/SIP/CredentialLists/" + document.tag + "/Credentials/" + document.key + ".json");
  return json;
}

bool is_user_name(std::string_view name) {
  return !name.empty() && name.size() <= max_user && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._+").contains(c);
  });
}

std::string read_password(Parameters& parameters) {
  std::string password = parameters.required("Password", 20001);
  const auto has = [&](char first, char last) {
    return std::ranges::any_of(password, [&](char c) { return c >= first && c <= last; });
  };
  const bool strong = password.size() >= least_password && password.size() <= 128 &&
                      has('0', '9') && has('a', 'z') && has('A', 'Z');
  if (!strong)
    parameters.refuse(
        20001, "Password needs 12 characters with a digit, a small and a capital letter"
    );
  return password;
}

}  // namespace

SipCredentialsResource::SipCredentialsResource(Context& context)
    : context_(context), lists_(context, kind) {}

void SipCredentialsResource::add_to(Api& api) {
  using Self = SipCredentialsResource;
  lists_.add_to(api);
  const std::string one = lists_.path_of_one();
  api.post(one + "/Credentials", this, &Self::create);
  api.get(one + "/Credentials", this, &Self::list);
  api.get(one + "/Credentials/{Sid}", this, &Self::fetch);
  api.post(one + "/Credentials/{Sid}", this, &Self::update);
  api.remove(one + "/Credentials/{Sid}", this, &Self::remove);
}

const call::Document* SipCredentialsResource::find_credential(const Ask& ask) const {
  if (lists_.find(ask) == nullptr) return nullptr;
  return context_.sip.find(SipDirectory::credentials, ask.param("Sid"), ask.param("ListSid"));
}

base::Task<http::Response> SipCredentialsResource::create(Ask ask) {
  if (lists_.find(ask) == nullptr) co_return ask.not_found();
  const std::string user = ask.parameters.required("Username", 20001);
  if (!user.empty() && !is_user_name(user))
    ask.parameters.refuse(20001, "Username has 1 to 32 letters, digits and -._+");
  const std::string password = read_password(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (context_.sip.has_user(user)) co_return refusal(20409, "Username is in use");
  call::Document document =
      make_document(context_, SipDirectory::credentials, "CR", ask.param("ListSid"));
  document.value["username"] = user;
  document.value["password"] = context_.sealer.seal(password, context_.random);
  call::Document to_store = document;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(201, render_credential(ask, document));
}

base::Task<http::Response> SipCredentialsResource::list(Ask ask) {
  if (lists_.find(ask) == nullptr) co_return ask.not_found();
  call::DocumentQuery query{
      .collection = std::string(SipDirectory::credentials), .tag = ask.param("ListSid")
  };
  auto listing = list_documents(
      std::move(ask), context_.journal(), std::move(query), "credentials", render_credential
  );
  co_return co_await std::move(listing);
}

base::Task<http::Response> SipCredentialsResource::fetch(Ask ask) {
  const call::Document* found = find_credential(ask);
  if (found == nullptr) co_return ask.not_found();
  co_return http::json(200, render_credential(ask, *found));
}

base::Task<http::Response> SipCredentialsResource::update(Ask ask) {
  const call::Document* found = find_credential(ask);
  if (found == nullptr) co_return ask.not_found();
  call::Document changed = *found;
  if (ask.parameters.has("Password"))
    changed.value["password"] =
        context_.sealer.seal(read_password(ask.parameters), context_.random);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.sip.put(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_credential(ask, changed));
}

base::Task<http::Response> SipCredentialsResource::remove(Ask ask) {
  if (find_credential(ask) == nullptr) co_return ask.not_found();
  const auto removed =
      co_await context_.sip.remove(std::string(SipDirectory::credentials), ask.param("Sid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
