#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.hpp"
#include "base/result.hpp"

/// The messages of Twilio's Voice SDK for browsers (`/signal`, version 1.6): JSON text frames of
/// type, version and payload; a frame of one line feed is a heartbeat.
namespace belfry::compat::twilio::voice_sdk {

// --- What a browser says ---

struct Heartbeat {};
/// The first message, again with each new token and after each reconnection.
struct Listen {
  std::string token;
  std::chrono::seconds reconnect_timeout{0};  // 0 to 30: how long calls may wait for the browser
};
struct Register {
  bool audio = false;  // false: not to be called any more
};
/// A call of the browser; with a reconnect token one that it has already, or takes over.
struct Invite {
  std::string call_sid;  // `TJS…`, the browser's own; with a token ours
  std::string sdp;
  std::string parameters;  // name=value&…, both encoded
  std::string reconnect_token;
};
struct Answer {
  std::string call_sid;
  std::string sdp;
};
/// An offer with new ICE credentials.
struct Reinvite {
  std::string call_sid;
  std::string sdp;
};
struct Hangup {
  std::string call_sid;  // may be one that we never heard of
  std::string message;   // when media has failed
};
struct Reject {
  std::string call_sid;
};
struct Digits {
  std::string call_sid;
  std::string digits;  // 0-9 * #, and w for half a second
};
struct UserMessage {
  std::string call_sid;
  std::string content;  // JSON text
  std::string content_type;
  std::string type;
  std::string event_sid;  // KX…
};
/// A type that we do not know: newer SDKs may send some.
struct Unknown {
  std::string type;
};
using ClientMessage = std::variant<
    Heartbeat, Listen, Register, Invite, Answer, Reinvite, Hangup, Reject, Digits, UserMessage,
    Unknown>;

/// @return Errc::malformed: no JSON, no type, a member of another type than it should have;
/// Errc::too_large: a member beyond its limit. Sizes are bounded whatever is sent.
base::Result<ClientMessage> parse_message(std::string_view frame);

// --- What we say: whole frames ---

struct SignalError {
  int code = 0;
  std::string message;
};

struct Connected {
  std::string edge;
  std::string region;
  std::string home;
  std::string identity;
  std::chrono::seconds life{0};
};

inline constexpr std::string_view heartbeat_frame = "\n";
std::string connected_frame(const Connected& connected);
std::string ready_frame();
std::string offline_frame();
std::string close_frame();
/// @param sdp empty: no early media
std::string ringing_frame(std::string_view call_sid, std::string_view sdp);
/// Members that are empty are left out.
std::string answer_frame(
    std::string_view call_sid, std::string_view sdp, std::string_view reconnect_token
);
std::string invite_frame(
    std::string_view call_sid, std::string_view sdp, std::string_view reconnect_token,
    base::json::object parameters
);
std::string cancel_frame(std::string_view call_sid);
std::string hangup_frame(std::string_view call_sid, const std::optional<SignalError>& error = {});
std::string error_frame(
    const SignalError& error, std::string_view call_sid = {}, std::string_view event_sid = {}
);
std::string ack_frame(std::string_view call_sid, std::string_view event_sid);
std::string message_frame(const UserMessage& message);

}  // namespace belfry::compat::twilio::voice_sdk
