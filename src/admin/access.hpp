#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "base/token_bucket.hpp"
#include "http/router.hpp"
#include "identity/accounts.hpp"

namespace belfry::admin {

/// Who may use Belfry's own API, and the services of applications, when others than this machine's
/// users can reach it (rules D2, A1): whoever has the installation's credentials, as Basic
/// authentication (programs) or in a session of the pages. A session is a cookie that no script
/// reads; what changes something must come from a page of ours (rule H4). Sessions live in memory:
/// 12 h without use, 7 days at most, until the credentials are changed or the server restarts.
/// Attempts are limited per source (rule T3). Control thread; outlives the router's requests.
class Access {
 public:
  struct Settings {
    bool required = false;  // else everybody may do everything: this machine's users only
  };
  static constexpr base::Duration idle_limit = std::chrono::hours(12);
  static constexpr base::Duration longest = std::chrono::hours(24 * 7);
  static constexpr std::size_t most_sessions = 256;
  static constexpr std::uint32_t attempts_per_minute = 5;

  Access(
      base::Loop& loop, base::Random& random, const identity::Accounts& accounts, Settings settings
  );

  /// It comes from a page of ours that somebody has signed in to.
  bool has_session(const http::Request& request);

  /// `/admin/api/session`, and what stands before the other routes.
  void add_to(http::Router& router);

 private:
  enum class Need {
    administrator,  // the account itself, or the installation's own key
    service         // any key of the account
  };
  struct Session {
    std::string user;
    std::string secret_digest;  // so that it ends with the secret
    base::Instant started{};
    base::Instant used{};
  };
  using Refusal = std::optional<http::Response>;

  Refusal check(const http::Request& request, Need need);
  http::Response show(const http::Request& request);
  http::Response sign_in(const http::Request& request);
  http::Response sign_out(const http::Request& request);
  http::Response challenge(const http::Request& request) const;
  Refusal check_attempts(const http::Request& request);
  bool is_good(std::string_view user, std::string_view secret, Need need) const;
  std::string digest_of_secret(std::string_view user) const;
  Session* session_of(const http::Request& request);
  std::string open_session(const std::string& user);

  base::Loop& loop_;
  base::Random& random_;
  const identity::Accounts& accounts_;
  Settings settings_;
  base::KeyedBuckets attempts_{attempts_per_minute, std::chrono::minutes(1)};
  std::map<std::string, Session> sessions_;  // by the digest of their token
};

}  // namespace belfry::admin
