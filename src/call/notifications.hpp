#pragma once
#include <map>
#include <string>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "call/journal.hpp"
#include "call/web.hpp"

namespace belfry::call {

class Outbox;

/// Something that an account's own program or application did wrong.
struct Problem {
  std::string account_sid;
  std::string call_sid = {};  // empty: of no call
  enum class Level { error, warning } level = Level::error;
  int code = 0;  // Twilio's
  std::string message;
  // The exchange that it showed in; empty when there was none.
  std::string request_method = {};
  std::string request_url = {};
  std::string request_variables = {};  // url-encoded
  int response_status = 0;
  WebHeaders response_headers = {};
  std::string response_body = {};
};

/// The debugger of accounts: one document ("notification", key NO…, tag the account's SID) for each
/// problem with a TwiML document or a webhook, where developers look first. At most 50 a call and
/// 1,000 an hour and account: a program in a loop does not fill the disk. Control thread.
class Notifications {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    Journal& journal;
  };
  static constexpr std::string_view collection = "notification";

  explicit Notifications(const Environment& environment) : environment_(environment) {}

  /// Written with the next group of rows: no promise waits for it.
  void add(const Problem& problem);
  /// From now on the first failure of each delivery is a problem too (15003).
  void watch(Outbox& outbox);

 private:
  bool has_room(const Problem& problem);

  struct Count {
    base::Instant since{};
    int problems = 0;
  };
  Environment environment_;
  std::map<std::string, Count> counts_;  // by call or account; at most 4,096
};

/// What a developer should look at next, for a response with that status; empty when nothing is
/// known.
std::string_view hint_for(int http_status);

}  // namespace belfry::call
