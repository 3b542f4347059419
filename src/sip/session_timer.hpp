#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "sip/message.hpp"

namespace belfry::sip {

/// The session timer of one dialog (RFC 4028; rule S9): who refreshes, when, and when the session
/// is taken for dead. Reads no clock.
class SessionTimer {
 public:
  struct Settings {
    std::uint32_t interval_s = 1800;
    std::uint32_t minimum_s = 90;  // what we accept; shorter is 422
  };
  enum class Role { uac, uas };  // of the request that (re)started it, from our end
  enum class Due { nothing, refresh, expired };

  explicit SessionTimer(Settings settings) : settings_(settings), asked_s_(settings.interval_s) {}

  /// True when the request asks for less than we accept and its sender knows what 422 means.
  bool is_too_short(const Message& request) const;
  std::uint32_t minimum() const { return settings_.minimum_s; }
  /// What a request of ours carries. While a timer runs, the refresher stays who it is.
  std::string request_value() const;
  std::uint32_t asked() const { return asked_s_; }
  /// 422 came: ask for what its Min-SE wants. @return false when that makes no sense.
  bool raise_to(const Message& response);

  /// We are about to answer `request` with 2xx: starts the timer.
  /// @return the value of Session-Expires in our answer; nothing when the peer does not know timers
  /// (then we refresh, without telling).
  std::optional<std::string> answer(const Message& request, base::Instant now);
  /// Our request was answered with 2xx: starts the timer by what it says.
  void start(const Message& response, base::Instant now);
  void stop() { refresh_at_.reset(), expires_at_.reset(); }
  /// A refresh is under way, or failed for now: ask again after `delay`.
  void postpone_refresh(base::Instant until);

  bool we_refresh() const { return we_refresh_; }
  std::optional<base::Instant> next_timeout() const;
  Due due(base::Instant now) const;

 private:
  void run(std::uint32_t seconds, bool we_refresh, base::Instant now);

  Settings settings_;
  std::uint32_t asked_s_;
  bool running_ = false;
  bool we_refresh_ = false;
  std::optional<base::Instant> refresh_at_, expires_at_;
};

}  // namespace belfry::sip
