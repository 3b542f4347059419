#include "identity/accounts.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"

namespace belfry::identity {
namespace {

constexpr std::string_view account_collection = "account";
constexpr std::string_view key_collection = "api_key";
constexpr std::size_t max_per_owner = 1000;
constexpr std::size_t page = 500;

std::string text_of(const call::Document& document, std::string_view name) {
  const auto* text = base::json::find_string(document.value, name);
  return text == nullptr ? std::string() : std::string(*text);
}

base::WallTime time_of(const call::Document& document, std::string_view name) {
  const auto* member = document.value.if_contains(name);
  if (member == nullptr || !member->is_int64()) return document.created;
  return base::from_unix_micros(member->get_int64());
}

std::string random_hex(base::Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  return base::to_hex(bytes);
}

template <class T>
void newest_first(std::vector<const T*>& list) {
  std::ranges::sort(list, [](const T* a, const T* b) {
    return std::tie(b->created, b->sid) < std::tie(a->created, a->sid);
  });
}

}  // namespace

std::string_view to_string(Account::Status status) {
  switch (status) {
    case Account::Status::active:
      return "active";
    case Account::Status::suspended:
      return "suspended";
    case Account::Status::closed:
      return "closed";
  }
  return "active";
}

std::optional<Account::Status> parse_account_status(std::string_view text) {
  for (const auto status :
       {Account::Status::active, Account::Status::suspended, Account::Status::closed})
    if (text == to_string(status)) return status;
  return std::nullopt;
}

Accounts::Accounts(
    base::Loop& loop, call::Journal& journal, base::Random& random, Sealer sealer, Settings settings
)
    : loop_(loop),
      journal_(journal),
      random_(random),
      sealer_(std::move(sealer)),
      main_sid_(settings.main.sid),
      main_key_sid_(settings.main_key.sid) {
  settings.main.created = settings.main.updated = loop_.wall_now();
  accounts_.emplace(main_sid_, std::move(settings.main));
  if (main_key_sid_.empty()) return;
  settings.main_key.created = settings.main_key.updated = loop_.wall_now();
  keys_.emplace(main_key_sid_, std::move(settings.main_key));
}

call::Document Accounts::to_document(const Account& account) const {
  call::Document document{std::string(account_collection), account.sid, account.owner_sid, {}, {}};
  document.created = account.created;
  document.value["friendly_name"] = account.friendly_name;
  document.value["status"] = to_string(account.status);
  document.value["updated"] = base::to_unix_micros(account.updated);
  // The main account's token is the keys file's.
  if (account.sid != main_sid_) document.value["token"] = sealer_.seal(account.auth_token, random_);
  return document;
}

call::Document Accounts::to_document(const ApiKey& key) const {
  call::Document document{std::string(key_collection), key.sid, key.account_sid, {}, {}};
  document.created = key.created;
  document.value["friendly_name"] = key.friendly_name;
  document.value["updated"] = base::to_unix_micros(key.updated);
  if (key.sid != main_key_sid_) document.value["secret"] = sealer_.seal(key.secret, random_);
  return document;
}

base::Result<> Accounts::read_account(const call::Document& document) {
  Account account{document.key, document.tag, {}, text_of(document, "friendly_name")};
  account.status =
      parse_account_status(text_of(document, "status")).value_or(Account::Status::suspended);
  account.created = document.created;
  account.updated = time_of(document, "updated");
  if (account.sid == main_sid_) {
    account.auth_token = main().auth_token;
    account.owner_sid.clear();
    account.status = Account::Status::active;
  } else {
    BELFRY_TRY(token, sealer_.open(text_of(document, "token")));
    account.auth_token = std::move(token);
  }
  accounts_.insert_or_assign(account.sid, std::move(account));
  return {};
}

base::Result<> Accounts::read_key(const call::Document& document) {
  ApiKey key{document.key, document.tag, {}, text_of(document, "friendly_name")};
  key.created = document.created;
  key.updated = time_of(document, "updated");
  if (key.sid == main_key_sid_) {
    key.secret = keys_.find(main_key_sid_)->second.secret;
    key.administers = true;
  } else {
    BELFRY_TRY(secret, sealer_.open(text_of(document, "secret")));
    key.secret = std::move(secret);
  }
  keys_.insert_or_assign(key.sid, std::move(key));
  return {};
}

base::Task<base::Result<>> Accounts::load() {
  for (const std::string_view collection : {account_collection, key_collection}) {
    call::DocumentQuery query{.collection = std::string(collection), .limit = page};
    while (true) {
      call::DocumentQuery next = query;
      auto found = co_await journal_.find_documents(std::move(next));
      if (!found) co_return base::fail(found.error());
      for (const call::Document& document : *found) {
        const auto read =
            collection == account_collection ? read_account(document) : read_key(document);
        // Another keys file than the one it was sealed with: that tenant cannot be served.
        if (!read)
          base::log::error(
              "account.sealed", {{"sid", document.key}, {"why", read.error().message}}
          );
      }
      if (found->size() < page) break;
      query.after_key = found->back().key;
    }
  }
  // The main account is as old as its first document: written once, so that dates stay.
  call::Changes changes;
  changes.documents.push_back(to_document(main()));
  if (!main_key_sid_.empty())
    changes.documents.push_back(to_document(keys_.find(main_key_sid_)->second));
  co_return co_await journal_.commit(std::move(changes));
}

const Account* Accounts::find(std::string_view sid) const {
  const auto found = accounts_.find(sid);
  return found == accounts_.end() ? nullptr : &found->second;
}

const ApiKey* Accounts::find_key(std::string_view sid) const {
  const auto found = keys_.find(sid);
  return found == keys_.end() ? nullptr : &found->second;
}

std::vector<const Account*> Accounts::family_of(std::string_view sid) const {
  std::vector<const Account*> family;
  for (const auto& [own_sid, account] : accounts_)
    if (own_sid == sid || account.owner_sid == sid) family.push_back(&account);
  newest_first(family);
  return family;
}

std::vector<const ApiKey*> Accounts::keys_of(std::string_view account_sid) const {
  std::vector<const ApiKey*> list;
  for (const auto& [sid, key] : keys_)
    if (key.account_sid == account_sid) list.push_back(&key);
  newest_first(list);
  return list;
}

std::optional<Caller> Accounts::check(std::string_view user, std::string_view password) const {
  // An unknown name costs the same comparison as a known one.
  static const std::string nobody(32, '0');
  if (const ApiKey* key = find_key(user)) {
    if (!base::equal_in_constant_time(key->secret, password) || key->secret.empty())
      return std::nullopt;
    return Caller{key->account_sid, key->sid, key->administers};
  }
  const Account* account = find(user);
  const std::string& token = account == nullptr ? nobody : account->auth_token;
  const bool same = base::equal_in_constant_time(token, password);
  if (!same || account == nullptr || token.empty()) return std::nullopt;
  return Caller{account->sid, {}, true};
}

bool Accounts::may_use(const Caller& caller, const Account& account) const {
  return account.sid == caller.account_sid || account.owner_sid == caller.account_sid;
}

const std::string& Accounts::token_of(std::string_view account_sid) const {
  const Account* account = find(account_sid);
  return account == nullptr ? main().auth_token : account->auth_token;
}

base::Task<base::Result<Account>> Accounts::create(
    std::string owner_sid, std::string friendly_name
) {
  if (family_of(owner_sid).size() > max_per_owner)
    co_return base::fail(base::Errc::too_large, "an account has at most 1,000 sub-accounts");
  Account account;
  account.sid = base::make_sid("AC", random_);
  account.owner_sid = std::move(owner_sid);
  account.auth_token = random_hex(random_);
  account.friendly_name = std::move(friendly_name);
  account.created = account.updated = loop_.wall_now();
  call::Changes changes;
  changes.new_documents.push_back(to_document(account));
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  accounts_.emplace(account.sid, account);
  co_return account;
}

base::Task<base::Result<>> Accounts::update(Account changed) {
  changed.updated = loop_.wall_now();
  call::Changes changes;
  changes.documents.push_back(to_document(changed));
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  accounts_.insert_or_assign(changed.sid, std::move(changed));
  if (withdrawn_) withdrawn_();
  co_return base::Result<>{};
}

base::Task<base::Result<ApiKey>> Accounts::create_key(
    std::string account_sid, std::string friendly_name
) {
  if (keys_of(account_sid).size() >= max_per_owner)
    co_return base::fail(base::Errc::too_large, "an account has at most 1,000 keys");
  ApiKey key;
  key.sid = base::make_sid("SK", random_);
  key.account_sid = std::move(account_sid);
  key.secret = random_hex(random_);
  key.friendly_name = std::move(friendly_name);
  key.created = key.updated = loop_.wall_now();
  call::Changes changes;
  changes.new_documents.push_back(to_document(key));
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  keys_.emplace(key.sid, key);
  co_return key;
}

base::Task<base::Result<>> Accounts::update_key(ApiKey changed) {
  changed.updated = loop_.wall_now();
  call::Changes changes;
  changes.documents.push_back(to_document(changed));
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  keys_.insert_or_assign(changed.sid, std::move(changed));
  co_return base::Result<>{};
}

base::Task<base::Result<>> Accounts::remove_key(std::string sid) {
  call::Changes changes;
  changes.removed_documents.push_back({std::string(key_collection), sid});
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  keys_.erase(sid);
  if (withdrawn_) withdrawn_();
  co_return base::Result<>{};
}

}  // namespace belfry::identity
