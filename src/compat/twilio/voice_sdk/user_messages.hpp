#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "call/journal.hpp"
#include "call/outbox.hpp"
#include "compat/twilio/voice_sdk/message.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// Who wants to hear what pages say during their calls: at most ten URLs a call, as long as the
/// call lives. What is said is told to each of them in order, and again until it was heard (rule
/// R7). Control thread.
class UserMessages {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    call::Journal& journal;
    call::Outbox& outbox;
  };
  explicit UserMessages(const Environment& environment) : environment_(environment) {}

  static constexpr std::size_t max_content = 10 << 10;
  static constexpr std::string_view type = "user-defined-message";
  static constexpr std::string_view content_type = "application/json";

  /// @return the subscription's SID (ZY…), or Errc::too_large.
  base::Result<std::string> subscribe(
      const std::string& call_sid, std::string url, std::string method
  );
  /// @return false when there is none.
  bool unsubscribe(const std::string& call_sid, const std::string& sid);
  /// What is wrong with a page's message; nothing when it may be told.
  static std::optional<SignalError> check(const UserMessage& message);
  void tell(const UserMessage& message, const std::string& account_sid);
  void forget(const std::string& call_sid) { calls_.erase(call_sid); }

 private:
  struct Subscription {
    std::string sid;
    std::string url;
    std::string method;
  };
  struct Call {
    std::vector<Subscription> subscriptions;
    std::uint64_t told = 0;
  };
  Environment environment_;
  std::map<std::string, Call> calls_;
};

}  // namespace belfry::compat::twilio::voice_sdk
