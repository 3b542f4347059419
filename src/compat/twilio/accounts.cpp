#include "compat/twilio/accounts.hpp"

#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using identity::Account;

base::json::object render_account(const Ask& ask, const Account& account) {
  const std::string path = "/2010-04-01/Accounts/" + account.sid;
  base::json::object json;
  json["sid"] = account.sid;
  json["owner_account_sid"] = account.owner_sid.empty() ? account.sid : account.owner_sid;
  json["friendly_name"] = account.friendly_name;
  json["status"] = identity::to_string(account.status);
  json["type"] = "Full";
  // Keys never see a token (rule T3).
  json["auth_token"] = ask.caller.key_sid.empty() ? base::json::value(account.auth_token) : nullptr;
  json["date_created"] = date(account.created);
  json["date_updated"] = date(account.updated);
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(
      path, {"applications", "available_phone_numbers", "balance", "calls", "conferences",
             "incoming_phone_numbers", "keys", "messages", "notifications", "outgoing_caller_ids",
             "queues", "recordings", "signing_keys", "transcriptions"}
  );
  json["subresource_uris"].get_object()["sip"] = path + "/SIP.json";
  json["subresource_uris"].get_object()["usage"] = path + "/Usage.json";
  return json;
}

constexpr std::size_t max_name = 64;

}  // namespace

void AccountsResource::add_to(Api& api) {
  api.get("/Accounts", this, &AccountsResource::list);
  api.post("/Accounts", this, &AccountsResource::create);
  api.get("", this, &AccountsResource::fetch);
  api.post("", this, &AccountsResource::update);
}

base::Task<http::Response> AccountsResource::list(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  const std::string name = ask.parameters.text("FriendlyName");
  const std::string status = ask.parameters.one_of("Status", {"active", "suspended", "closed"});
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  std::vector<const Account*> family = context_.accounts.family_of(ask.account.sid);
  std::erase_if(family, [&](const Account* account) {
    return (!name.empty() && account->friendly_name != name) ||
           (!status.empty() && identity::to_string(account->status) != status);
  });
  Page page;
  for (const Account* account :
       slice(family, request, [](const Account* each) { return each->sid; }, page.more)) {
    if (page.first_sid.empty()) page.first_sid = account->sid;
    page.last_sid = account->sid;
    page.items.emplace_back(render_account(ask, *account));
  }
  co_return render_page(ask, "accounts", request, std::move(page));
}

base::Task<http::Response> AccountsResource::create(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  if (!ask.account.owner_sid.empty())
    co_return refusal(20001, "A sub-account cannot have sub-accounts");
  std::string name = ask.parameters.limited("FriendlyName", max_name);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (name.empty())
    name = "SubAccount Created at " + base::to_rfc3339_seconds(context_.loop.wall_now());
  const auto made = co_await context_.accounts.create(ask.account.sid, std::move(name));
  if (!made) co_return refusal(made.error());
  co_return http::json(201, render_account(ask, *made));
}

base::Task<http::Response> AccountsResource::fetch(Ask ask) {
  co_return http::json(200, render_account(ask, ask.account));
}

base::Task<http::Response> AccountsResource::update(Ask ask) {
  if (!ask.caller.administers) co_return refusal(20003);
  Account changed = ask.account;
  const std::string name = ask.parameters.limited("FriendlyName", max_name);
  const std::string status = ask.parameters.one_of("Status", {"active", "suspended", "closed"});
  if (!status.empty() && ask.caller.account_sid == ask.account.sid)
    ask.parameters.refuse(20001, "An account cannot change its own status");
  if (ask.account.status == Account::Status::closed && !status.empty() && status != "closed")
    ask.parameters.refuse(20001, "A closed account stays closed");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (!name.empty()) changed.friendly_name = name;
  if (!status.empty())
    changed.status = identity::parse_account_status(status).value_or(changed.status);
  Account to_store = changed;
  const auto stored = co_await context_.accounts.update(std::move(to_store));
  if (!stored) co_return refusal(stored.error());
  const Account* now = context_.accounts.find(changed.sid);
  co_return http::json(200, render_account(ask, now == nullptr ? changed : *now));
}

}  // namespace belfry::compat::twilio
