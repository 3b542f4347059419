#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.hpp"
#include "compat/twilio/voice_sdk/message.hpp"
#include "identity/voice_token.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// A token that was found good, and how long it will be.
struct Grant {
  identity::VoiceToken token;
  base::Duration life{0};
};

/// One socket of a Voice SDK from its first message on, but for its calls: who it is, whether it
/// may be called, and whether it is still there. Machine without I/O; reads no clock.
///
/// A bad token does not end the socket, or the SDK would come back ten times a second for ever: it
/// has 60 s to bring a good one, then it is told to stay away (`close`). Until its first message it
/// has 5 s (rule H4). A line feed goes out every 10 s, which the SDK answers: after 18 s without
/// any frame the tab is dead.
class Session {
 public:
  struct Settings {
    std::string edge = "ashburn";
    std::string region = "us1";
    std::string home = "us1";  // the SDK posts its telemetry to eventgw.<home>.twilio.com
  };
  using Verify = std::function<base::Result<Grant>(std::string_view token)>;

  /// It may be called from now on, or no longer.
  struct Bound {};
  struct Unbound {};
  /// Something about a call, or a new one, from somebody who may say so.
  struct Said {
    ClientMessage message;
  };
  /// The socket is to be closed; what was to be sent goes first.
  struct Finished {};
  using Event = std::variant<Bound, Unbound, Said, Finished>;

  Session(Verify verify, Settings settings, base::Instant now);

  void handle_frame(std::string_view frame, base::Instant now);
  void handle_timeout(base::Instant now);
  base::Instant next_timeout() const;
  /// The next frame to be sent.
  std::optional<std::string> poll_transmit();
  std::optional<Event> poll_event();

  /// Its key or its account is valid no more (rule T1).
  void withdraw(base::Instant now);
  /// A socket with calls is kept even when its token is over.
  void set_in_call(bool in_call) { in_call_ = in_call; }

  /// Who it is; nothing before the first good token.
  const std::optional<identity::VoiceToken>& token() const { return token_; }
  std::chrono::seconds reconnect_timeout() const { return reconnect_timeout_; }
  bool bound() const { return bound_; }

 private:
  enum class State { unknown, known, expired, finished };

  void handle(Listen listen, base::Instant now);
  void handle(const Register& order);
  void handle_other(ClientMessage message);
  void accept(Grant grant, base::Instant now);
  void bind();
  void unbind();
  void expire(base::Instant now);
  void finish();
  void complain(int code, std::string message);
  bool admit(base::Instant now);

  Verify verify_;
  Settings settings_;
  State state_ = State::unknown;
  std::optional<identity::VoiceToken> token_;
  std::chrono::seconds reconnect_timeout_{0};
  bool wants_calls_ = false;  // has registered
  bool bound_ = false;
  bool in_call_ = false;
  bool spoke_ = false;
  base::Instant heartbeat_at_;
  base::Instant dead_at_;
  base::Instant patience_ends_;  // without a good token
  base::Instant expires_at_{};
  // Frames that it may still send at once: 100, and 20 more each second.
  double allowance_ = 100;
  base::Instant counted_;
  std::deque<std::string> outbox_;
  std::deque<Event> events_;
};

}  // namespace belfry::compat::twilio::voice_sdk
