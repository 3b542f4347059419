#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "base/token_bucket.hpp"
#include "http/router.hpp"
#include "identity/accounts.hpp"

namespace belfry::apps::take5 {

/// `{"error": …}` with what it is about.
http::Response failed(int status, std::string_view error, base::json::object about = {});
/// What went wrong inside, in the words of the document: 404, 400 and 409 say it themselves; 503
/// for what may work later; everything else is 500 with the cause in `message`.
http::Response failure(const base::Error& error, base::json::object about = {});

/// What stands before every operation: credentials where the door is not open (rule A1), and a
/// limit of requests. Control thread.
class Door {
 public:
  struct Settings {
    /// False: everybody needs credentials, but pages that somebody has signed in to.
    bool open = true;
    std::function<bool(const http::Request&)> has_session = {};
    /// Changes per minute and client address; nothing: 60, and no limit for the own machine.
    std::optional<std::uint32_t> rate_per_minute;
  };
  Door(base::Loop& loop, const identity::Accounts& accounts, Settings settings);

  enum class Limit { none, rate };
  /// A handler that is reached by whoever may come in.
  http::Handler guard(http::Handler handler, Limit limit);
  std::uint32_t rate_per_minute() const;

 private:
  std::optional<http::Response> check_caller(const http::Request& request) const;
  std::optional<http::Response> check_rate(const http::Request& request);
  base::Task<http::Response> let_in(
      const http::Handler& handler, Limit limit, http::Request request
  );

  base::Loop& loop_;
  const identity::Accounts& accounts_;
  Settings settings_;
  base::KeyedBuckets callers_;
};

}  // namespace belfry::apps::take5
