#include "webrtc_load/phone.hpp"

#include "base/ids.hpp"

namespace belfry::bench {
namespace {

using base::json::object;

std::string text_of(const object& payload, std::string_view name) {
  const auto* text = base::json::find_string(payload, name);
  return text == nullptr ? std::string() : std::string(*text);
}

}  // namespace

Phone::Phone(
    std::size_t number, const Page& page, base::Loop& loop, base::Random& random,
    std::string fingerprint, PhoneListener& listener
)
    : number_(number),
      page_(page),
      loop_(loop),
      random_(random),
      own_{webrtc::IceCredentials::make(random), std::move(fingerprint), page.codec},
      listener_(listener) {}

base::Task<void> Phone::run(http::WebSocketClient& client, http::WebSocketRequest request) {
  auto connected = co_await client.connect(std::move(request));
  if (!connected) {
    fail("no socket: " + connected.error().message);
    co_return;
  }
  socket_ = std::move(*connected);
  const object browser{{"p", "browser"}, {"v", "2.18.5"}, {"plugin", "rtc"}};
  say("listen", {{"token", page_.token}, {"browserinfo", browser}, {"reconnectTimeout", 0}});
  while (true) {
    const auto frame = co_await socket_->receive();
    if (!frame) break;
    handle(*frame);
  }
  socket_.reset();
  if (!ending_) fail("its socket was closed");
}

void Phone::call() {
  call_sid_ = "TJS" + base::make_uuid(random_);
  invited_ = loop_.now();
  const object params{{"params", "To=somebody"}};
  say("invite",
      {{"callsid", call_sid_}, {"sdp", make_offer(own_)}, {"preflight", false}, {"twilio", params}}
  );
}

void Phone::hang_up() {
  ending_ = true;
  if (!call_sid_.empty()) say("hangup", {{"callsid", call_sid_}});
}

void Phone::say(std::string_view type, object payload) {
  if (!socket_) return;
  const object message{{"type", type}, {"version", "1.6"}, {"payload", std::move(payload)}};
  socket_->send(base::json::serialize(message));
}

void Phone::fail(std::string why) {
  if (!std::exchange(failed_, true)) listener_.on_failed(*this, std::move(why));
}

void Phone::handle(const std::string& frame) {
  constexpr std::string_view heartbeat = "\n";
  if (frame == heartbeat) {
    socket_->send(heartbeat);
    return;
  }
  const auto message = base::json::parse(frame);
  if (!message || !message->is_object()) return fail("a message that is none");
  const auto* payload = base::json::find(*message, "payload");
  const object none;
  const bool has_payload = payload != nullptr && payload->is_object();
  handle(text_of(message->as_object(), "type"), has_payload ? payload->as_object() : none);
}

void Phone::handle(std::string_view type, const object& payload) {
  if (type == "connected") {
    if (page_.role == Role::call) return listener_.on_ready(*this);
    return say("register", {{"media", object{{"audio", true}}}});
  }
  if (type == "ready") return listener_.on_ready(*this);
  if (type == "ringing" || type == "answer") return take_answer(type, payload);
  if (type == "invite") return take_invitation(payload);
  if (type == "hangup" && ending_) return;
  fail(std::string(type) + ": " + base::json::serialize(payload));
}

void Phone::take_answer(std::string_view type, const object& payload) {
  call_sid_ = text_of(payload, "callsid");
  if (type == "answer" && invited_) listener_.on_answered(*this, loop_.now() - *invited_);
  const std::string sdp = text_of(payload, "sdp");
  if (sdp.empty() || std::exchange(has_media_, true)) return;
  auto terms = read_answer(own_, sdp);
  if (!terms) return fail(terms.error().message);
  listener_.on_media(*this, std::move(*terms));
}

void Phone::take_invitation(const object& payload) {
  call_sid_ = text_of(payload, "callsid");
  auto accepted = accept_offer(own_, text_of(payload, "sdp"));
  if (!accepted) return fail(accepted.error().message);
  say("answer", {{"callsid", call_sid_}, {"sdp", accepted->answer}});
  listener_.on_answered(*this, std::nullopt);
  has_media_ = true;
  listener_.on_media(*this, std::move(accepted->terms));
}

}  // namespace belfry::bench
