#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "base/task.hpp"
#include "call/journal.hpp"
#include "identity/sealer.hpp"

namespace belfry::identity {

/// A tenant. The installation's own account has no owner; sub-accounts belong to it.
struct Account {
  enum class Status { active, suspended, closed };

  std::string sid;        // AC…
  std::string owner_sid;  // of a sub-account; else empty
  std::string auth_token;
  std::string friendly_name;
  Status status = Status::active;
  base::WallTime created{};
  base::WallTime updated{};
};

std::string_view to_string(Account::Status status);
std::optional<Account::Status> parse_account_status(std::string_view text);

struct ApiKey {
  std::string sid;  // SK…
  std::string account_sid;
  std::string secret;
  std::string friendly_name;
  bool administers = false;  // the installation's own key: may also manage accounts and keys
  base::WallTime created{};
  base::WallTime updated{};
};

/// Who a pair of Basic credentials belongs to.
struct Caller {
  std::string account_sid;
  std::string key_sid;  // empty: the account's own token
  bool administers = true;
};

/// All accounts and API keys: in memory, because every request and every webhook needs one at once,
/// and as documents, secrets sealed (rule T3). At most 1,000 sub-accounts and 1,000 keys each.
/// Control thread.
class Accounts {
 public:
  struct Settings {
    Account main;     // from the configuration and the keys file
    ApiKey main_key;  // no SID: there is none
  };
  Accounts(
      base::Loop& loop, call::Journal& journal, base::Random& random, Sealer sealer,
      Settings settings
  );

  /// At start, before the first request.
  base::Task<base::Result<>> load();

  const Account& main() const { return accounts_.find(main_sid_)->second; }
  const Account* find(std::string_view sid) const;
  const ApiKey* find_key(std::string_view sid) const;
  /// The account itself and its sub-accounts, newest first.
  std::vector<const Account*> family_of(std::string_view sid) const;
  /// Of one account, newest first.
  std::vector<const ApiKey*> keys_of(std::string_view account_sid) const;

  /// Account SID and token, or key SID and secret, compared in constant time.
  std::optional<Caller> check(std::string_view user, std::string_view password) const;
  /// True for the caller's own account and those that it owns.
  bool may_use(const Caller& caller, const Account& account) const;
  /// What webhooks of that account are signed with; the main account's for an unknown one.
  const std::string& token_of(std::string_view account_sid) const;

  /// Called when what was valid may be so no more: a key is gone, an account has changed (rule T1).
  void on_withdrawn(std::function<void()> told) { withdrawn_ = std::move(told); }

  // Durable when they return (rule R1).
  base::Task<base::Result<Account>> create(std::string owner_sid, std::string friendly_name);
  base::Task<base::Result<>> update(Account changed);
  base::Task<base::Result<ApiKey>> create_key(std::string account_sid, std::string friendly_name);
  base::Task<base::Result<>> update_key(ApiKey changed);
  base::Task<base::Result<>> remove_key(std::string sid);

 private:
  call::Document to_document(const Account& account) const;
  call::Document to_document(const ApiKey& key) const;
  base::Result<> read_account(const call::Document& document);
  base::Result<> read_key(const call::Document& document);

  base::Loop& loop_;
  call::Journal& journal_;
  base::Random& random_;
  Sealer sealer_;
  std::string main_sid_;
  std::string main_key_sid_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, ApiKey, std::less<>> keys_;
  std::function<void()> withdrawn_;
};

}  // namespace belfry::identity
