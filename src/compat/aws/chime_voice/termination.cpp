#include <algorithm>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "call/json_members.hpp"
#include "compat/aws/chime_voice/connectors.hpp"

/// Calls of the PBX behind a connector: a SIP domain, its credentials and addresses. All of them
/// have SIDs that follow from the connector's id, so that doing it twice does it once.
namespace belfry::compat::aws::chime_voice {
namespace {

using call::SipDirectory;

constexpr std::size_t max_credentials = 10;
constexpr std::size_t max_credential = 128;

std::string sid_of(std::string_view prefix, std::string_view what) {
  return std::string(prefix) + base::sha256_hex(what).substr(0, 32);
}

std::string domain_sid(const Connector& connector) {
  return sid_of("SD", connector.id);
}
std::string users_sid(const Connector& connector) {
  return sid_of("CL", connector.id);
}
std::string addresses_sid(const Connector& connector) {
  return sid_of("AL", connector.id);
}

call::Document make(
    std::string_view collection, std::string sid, std::string tag, base::WallTime created,
    base::json::object value
) {
  value["updated"] = base::to_unix_micros(created);
  return {std::string(collection), std::move(sid), std::move(tag), std::move(value), created};
}

base::json::object domain_value(const Connector& connector) {
  base::json::object parameters;
  const std::string& shown = connector.termination->default_phone_number;
  if (!shown.empty()) parameters["caller"] = shown;
  return {
      {"friendly_name", connector.name},
      {"domain_name", connector.outbound_host_name()},
      {"secure", connector.require_encryption},
      {"sip_registration", false},
      {"program", base::json::object{{"kind", "bridge"}, {"parameters", std::move(parameters)}}},
  };
}

bool is_credential(const std::string& text) {
  return !text.empty() && text.size() <= max_credential &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace

/// Documents of the SIP directory, each with what refers to it after it.
base::Task<base::Result<>> Connectors::open_domain(const Connector& connector) {
  const base::WallTime now = context_.loop.wall_now();
  const std::string domain = domain_sid(connector);
  std::vector<call::Document> documents;
  documents.push_back(make(
      SipDirectory::lists, users_sid(connector), connector.account_sid, now,
      {{"friendly_name", connector.name}}
  ));
  documents.push_back(
      make(SipDirectory::domains, domain, connector.account_sid, now, domain_value(connector))
  );
  for (call::Document& document : documents) {
    call::Document to_store = std::move(document);
    const auto stored = co_await context_.sip.put(std::move(to_store));
    if (!stored) co_return stored;
  }
  const auto mapped = co_await map_users(connector);
  if (!mapped) co_return mapped;
  co_return co_await put_addresses(connector);
}

/// Without credentials the addresses alone decide; a list, even an empty one, would ask everybody
/// for a password.
base::Task<base::Result<>> Connectors::map_users(const Connector& connector) {
  const std::string sid = sid_of("ZZ", "users " + connector.id);
  if (context_.sip.all(SipDirectory::credentials, users_sid(connector)).empty())
    co_return co_await context_.sip.remove(std::string(SipDirectory::mappings), sid);
  call::Document mapping = make(
      SipDirectory::mappings, sid, domain_sid(connector), context_.loop.wall_now(),
      {{"list_sid", users_sid(connector)}, {"kind", "calls"}}
  );
  co_return co_await context_.sip.put(std::move(mapping));
}

base::Task<base::Result<>> Connectors::put_addresses(const Connector& connector) {
  const auto removed =
      co_await context_.sip.remove(std::string(SipDirectory::ip_lists), addresses_sid(connector));
  if (!removed) co_return removed;
  const auto& ranges = connector.termination->cidr_allowed_list;
  if (ranges.empty()) co_return base::Result<>{};
  const base::WallTime now = context_.loop.wall_now();
  const std::string list = addresses_sid(connector);
  std::vector<call::Document> documents;
  documents.push_back(make(
      SipDirectory::ip_lists, list, connector.account_sid, now, {{"friendly_name", connector.name}}
  ));
  for (const std::string& range : ranges) {
    const auto slash = range.find('/');
    documents.push_back(make(
        SipDirectory::ip_addresses, sid_of("IP", connector.id + " " + range), list, now,
        {{"friendly_name", range},
         {"ip_address", range.substr(0, slash)},
         {"cidr_prefix_length", base::parse_unsigned(range.substr(slash + 1)).value_or(32)}}
    ));
  }
  documents.push_back(make(
      SipDirectory::ip_mappings, sid_of("ZZ", "addresses " + connector.id), domain_sid(connector),
      now, {{"list_sid", list}}
  ));
  for (call::Document& document : documents) {
    call::Document to_store = std::move(document);
    const auto stored = co_await context_.sip.put(std::move(to_store));
    if (!stored) co_return stored;
  }
  co_return base::Result<>{};
}

base::Task<base::Result<>> Connectors::close_domain(const Connector& connector) {
  const auto domain =
      co_await context_.sip.remove(std::string(SipDirectory::domains), domain_sid(connector));
  if (!domain) co_return domain;
  const auto users =
      co_await context_.sip.remove(std::string(SipDirectory::lists), users_sid(connector));
  if (!users) co_return users;
  co_return co_await context_.sip.remove(
      std::string(SipDirectory::ip_lists), addresses_sid(connector)
  );
}

base::Task<Answer> Connectors::put_termination(Call call) {
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const base::json::object members = call.input().object("Termination");
  auto termination = read_termination(Input(members));
  if (!termination) co_return std::unexpected(termination.error());
  found->termination = std::move(*termination);
  const auto stored = co_await store(*found);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  // A disabled one is a domain that nobody asks for; its credentials stay with it.
  base::Result<> applied;
  if (found->termination->disabled) {
    applied = co_await context_.sip.remove(std::string(SipDirectory::domains), domain_sid(*found));
  } else {
    applied = co_await open_domain(*found);
  }
  if (!applied) co_return std::unexpected(store_failed(applied.error()));
  base::json::object answer;
  answer["Termination"] = to_json(*found->termination);
  co_return answer;
}

base::Task<Answer> Connectors::get_termination(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  if (!found->termination)
    co_return std::unexpected(not_found("The voice connector has no termination"));
  base::json::object answer;
  answer["Termination"] = to_json(*found->termination);
  co_return answer;
}

base::Task<Answer> Connectors::get_termination_health(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  base::json::object answer;
  answer["TerminationHealth"].emplace_object();
  co_return answer;
}

base::Task<Answer> Connectors::remove_termination(Call call) {
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  if (!found->termination)
    co_return std::unexpected(not_found("The voice connector has no termination"));
  found->termination.reset();
  const auto stored = co_await store(*found);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  const auto closed = co_await close_domain(*found);
  if (!closed) co_return std::unexpected(store_failed(closed.error()));
  co_return base::json::object();
}

const call::Document* Connectors::credential(const Connector& connector, const std::string& user)
    const {
  const auto all = context_.sip.all(SipDirectory::credentials, users_sid(connector));
  const auto found = std::ranges::find_if(all, [&](const call::Document* each) {
    return call::text_member(each->value, "username") == user;
  });
  return found == all.end() ? nullptr : *found;
}

base::Task<Answer> Connectors::put_credentials(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  if (!found->termination)
    co_return std::unexpected(not_found("The voice connector has no termination"));
  const auto credentials = call.input().objects("Credentials");
  if (credentials.size() > max_credentials)
    co_return std::unexpected(bad_request("At most 10 credentials"));
  for (const base::json::object& each : credentials) {
    const std::string user = Input(each).text("Username");
    const std::string password = Input(each).text("Password");
    if (!is_credential(user) || !is_credential(password))
      co_return std::unexpected(bad_request("Username and Password must be 1 to 128 characters"));
    if (credential(*found, user) == nullptr && context_.sip.has_user(user))
      co_return std::unexpected(conflict("The user name " + user + " is in use"));
  }
  for (const base::json::object& each : credentials) {
    const std::string user = Input(each).text("Username");
    call::Document document = make(
        SipDirectory::credentials, sid_of("CR", found->id + " " + user), users_sid(*found),
        context_.loop.wall_now(), {{"username", user}}
    );
    document.value["password"] =
        context_.sealer.seal(Input(each).text("Password"), context_.random);
    const auto stored = co_await context_.sip.put(std::move(document));
    if (!stored) co_return std::unexpected(store_failed(stored.error()));
  }
  const auto mapped = co_await map_users(*found);
  if (!mapped) co_return std::unexpected(store_failed(mapped.error()));
  co_return base::json::object();
}

base::Task<Answer> Connectors::list_credentials(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  base::json::array users;
  for (const call::Document* each : context_.sip.all(SipDirectory::credentials, users_sid(*found)))
    users.emplace_back(call::text_member(each->value, "username"));
  base::json::object answer;
  answer["Usernames"] = std::move(users);
  co_return answer;
}

base::Task<Answer> Connectors::remove_credentials(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const std::vector<std::string> users = call.input().texts("Usernames");
  for (const std::string& user : users) {
    const call::Document* document = credential(*found, user);
    if (document == nullptr) continue;
    const std::string sid = document->key;
    const auto removed = co_await context_.sip.remove(std::string(SipDirectory::credentials), sid);
    if (!removed) co_return std::unexpected(store_failed(removed.error()));
  }
  const auto mapped = co_await map_users(*found);
  if (!mapped) co_return std::unexpected(store_failed(mapped.error()));
  co_return base::json::object();
}

}  // namespace belfry::compat::aws::chime_voice
