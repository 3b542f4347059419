#include "compat/twilio/voice_sdk/message.hpp"

#include <algorithm>

namespace belfry::compat::twilio::voice_sdk {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::json::object;
using base::json::value;

constexpr std::size_t max_name = 128;  // of a call, a type, a reconnect token
constexpr std::size_t max_text = 1024;
constexpr std::size_t max_token = 8 << 10;
constexpr std::size_t max_sdp = 32 << 10;
constexpr std::size_t max_parameters = 32 << 10;
constexpr std::size_t max_digits = 256;
constexpr std::int64_t longest_reconnect_s = 30;

/// Reads members of a payload and remembers the first that is wrong.
class Payload {
 public:
  explicit Payload(const object& from) : from_(from) {}

  std::string text(std::string_view name, std::size_t most) {
    const value* found = base::json::find(from_, name);
    if (found == nullptr || found->is_null()) return {};
    const auto* text = found->if_string();
    if (text == nullptr) {
      refuse(Errc::malformed, std::string(name) + " must be a string");
    } else if (text->size() > most) {
      refuse(Errc::too_large, std::string(name) + " is too long");
    } else {
      return std::string(*text);
    }
    return {};
  }
  std::string call_sid() { return text("callsid", max_name); }
  std::string sdp() { return text("sdp", max_sdp); }
  std::chrono::seconds seconds(std::string_view name, std::int64_t most) {
    const value* found = base::json::find(from_, name);
    const std::int64_t* number = found == nullptr ? nullptr : found->if_int64();
    return std::chrono::seconds(number == nullptr ? 0 : std::clamp<std::int64_t>(*number, 0, most));
  }
  const object* member(std::string_view name) const {
    const value* found = base::json::find(from_, name);
    return found == nullptr ? nullptr : found->if_object();
  }
  const value* any(std::string_view name) const { return base::json::find(from_, name); }

  void refuse(Errc code, std::string why) {
    if (!error_) error_ = base::Error{code, std::move(why)};
  }
  const std::optional<base::Error>& error() const { return error_; }

 private:
  const object& from_;
  std::optional<base::Error> error_;
};

ClientMessage read_listen(Payload& payload) {
  Listen listen;
  listen.token = payload.text("token", max_token);
  listen.reconnect_timeout = payload.seconds("reconnectTimeout", longest_reconnect_s);
  return listen;
}

ClientMessage read_register(Payload& payload) {
  const object* media = payload.member("media");
  const value* audio = media == nullptr ? nullptr : base::json::find(*media, "audio");
  return Register{audio != nullptr && audio->is_bool() && audio->as_bool()};
}

ClientMessage read_invite(Payload& payload) {
  Invite invite;
  invite.call_sid = payload.call_sid();
  invite.sdp = payload.sdp();
  invite.reconnect_token = payload.text("reconnect", max_name);
  if (const object* twilio = payload.member("twilio")) {
    Payload inner(*twilio);
    invite.parameters = inner.text("params", max_parameters);
    if (inner.error()) payload.refuse(inner.error()->code, inner.error()->message);
  }
  return invite;
}

ClientMessage read_user_message(Payload& payload) {
  UserMessage message;
  message.call_sid = payload.call_sid();
  if (const value* content = payload.any("content"))
    message.content = base::json::serialize(*content);
  message.content_type = payload.text("contenttype", max_name);
  message.type = payload.text("messagetype", max_name);
  message.event_sid = payload.text("voiceeventsid", max_name);
  return message;
}

ClientMessage read(const std::string& type, Payload& payload) {
  if (type == "listen") return read_listen(payload);
  if (type == "register") return read_register(payload);
  if (type == "invite") return read_invite(payload);
  if (type == "answer") return Answer{payload.call_sid(), payload.sdp()};
  if (type == "reinvite") return Reinvite{payload.call_sid(), payload.sdp()};
  if (type == "hangup") return Hangup{payload.call_sid(), payload.text("message", max_text)};
  if (type == "reject") return Reject{payload.call_sid()};
  if (type == "dtmf") return Digits{payload.call_sid(), payload.text("dtmf", max_digits)};
  if (type == "message") return read_user_message(payload);
  return Unknown{type};
}

std::string frame(std::string_view type, object payload) {
  return base::json::serialize(
      object{{"type", type}, {"version", "1.6"}, {"payload", std::move(payload)}}
  );
}

void put(object& into, std::string_view name, std::string_view text) {
  if (!text.empty()) into[name] = text;
}

object to_json(const SignalError& error) {
  return {{"code", error.code}, {"message", error.message}};
}

}  // namespace

Result<ClientMessage> parse_message(std::string_view text) {
  if (text == heartbeat_frame) return Heartbeat{};
  BELFRY_TRY(message, base::json::parse(text));
  const auto* type = base::json::find_string(message, "type");
  if (type == nullptr || type->size() > max_name)
    return fail(Errc::malformed, "a message has a type");
  const value* given = base::json::find(message, "payload");
  if (given != nullptr && !given->is_object() && !given->is_null())
    return fail(Errc::malformed, "a payload is an object");
  const object none;
  Payload payload(given != nullptr && given->is_object() ? given->as_object() : none);
  ClientMessage read_message = read(std::string(*type), payload);
  if (payload.error()) return fail(*payload.error());
  return read_message;
}

std::string connected_frame(const Connected& connected) {
  object payload{
      {"token", object{{"identity", connected.identity}, {"ttl", connected.life.count()}}}
  };
  put(payload, "edge", connected.edge);
  put(payload, "region", connected.region);
  put(payload, "home", connected.home);
  return frame("connected", std::move(payload));
}

std::string ready_frame() {
  return frame("ready", {});
}
std::string offline_frame() {
  return frame("offline", {});
}
std::string close_frame() {
  return frame("close", {});
}

std::string ringing_frame(std::string_view call_sid, std::string_view sdp) {
  object payload{{"callsid", call_sid}};
  put(payload, "sdp", sdp);
  return frame("ringing", std::move(payload));
}

std::string answer_frame(
    std::string_view call_sid, std::string_view sdp, std::string_view reconnect_token
) {
  object payload{{"callsid", call_sid}};
  put(payload, "sdp", sdp);
  put(payload, "reconnect", reconnect_token);
  return frame("answer", std::move(payload));
}

std::string invite_frame(
    std::string_view call_sid, std::string_view sdp, std::string_view reconnect_token,
    object parameters
) {
  object payload{{"callsid", call_sid}, {"sdp", sdp}, {"reconnect", reconnect_token}};
  payload["parameters"] = std::move(parameters);
  return frame("invite", std::move(payload));
}

std::string cancel_frame(std::string_view call_sid) {
  return frame("cancel", {{"callsid", call_sid}});
}

std::string hangup_frame(std::string_view call_sid, const std::optional<SignalError>& error) {
  object payload{{"callsid", call_sid}};
  if (error) payload["error"] = to_json(*error);
  return frame("hangup", std::move(payload));
}

std::string error_frame(
    const SignalError& error, std::string_view call_sid, std::string_view event_sid
) {
  object payload{{"error", to_json(error)}};
  put(payload, "callsid", call_sid);
  put(payload, "voiceeventsid", event_sid);
  return frame("error", std::move(payload));
}

std::string ack_frame(std::string_view call_sid, std::string_view event_sid) {
  return frame(
      "ack", {{"acktype", "message"}, {"callsid", call_sid}, {"voiceeventsid", event_sid}}
  );
}

std::string message_frame(const UserMessage& message) {
  object payload{
      {"callsid", message.call_sid},
      {"contenttype", message.content_type},
      {"messagetype", message.type},
      {"voiceeventsid", message.event_sid},
  };
  payload["content"] = base::json::parse(message.content).value_or(nullptr);
  return frame("message", std::move(payload));
}

}  // namespace belfry::compat::twilio::voice_sdk
