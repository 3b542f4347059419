#include "compat/twilio/voice_sdk/session.hpp"

#include <algorithm>

namespace belfry::compat::twilio::voice_sdk {
namespace {

using namespace std::chrono_literals;
using base::Instant;

constexpr base::Duration heartbeat_interval = 10s;
constexpr base::Duration silence_of_the_dead = 18s;  // the SDK itself gives up after 15 s
constexpr base::Duration first_message_time = 5s;    // rule H4
constexpr base::Duration patience = 60s;
constexpr double frames_at_once = 100;
constexpr double frames_per_second = 20;

constexpr int bad_request = 31400;
constexpr int rate_exceeded = 31206;

}  // namespace

Session::Session(Verify verify, Settings settings, Instant now)
    : verify_(std::move(verify)),
      settings_(std::move(settings)),
      heartbeat_at_(now + heartbeat_interval),
      dead_at_(now + silence_of_the_dead),
      patience_ends_(now + first_message_time),
      counted_(now) {}

std::optional<std::string> Session::poll_transmit() {
  if (outbox_.empty()) return std::nullopt;
  std::string next = std::move(outbox_.front());
  outbox_.pop_front();
  return next;
}

std::optional<Session::Event> Session::poll_event() {
  if (events_.empty()) return std::nullopt;
  Event next = std::move(events_.front());
  events_.pop_front();
  return next;
}

Instant Session::next_timeout() const {
  if (state_ == State::finished) return Instant::max();
  const Instant next = std::min(heartbeat_at_, dead_at_);
  if (state_ == State::known) return std::min(next, expires_at_);
  return std::min(next, patience_ends_);
}

void Session::handle_timeout(Instant now) {
  if (state_ == State::finished) return;
  if (now >= dead_at_) return finish();
  if (state_ == State::known && now >= expires_at_) expire(now);
  if (state_ != State::known && now >= patience_ends_) {
    if (!in_call_) {
      outbox_.push_back(close_frame());
      return finish();
    }
    patience_ends_ = now + patience;
  }
  if (now >= heartbeat_at_) {
    outbox_.emplace_back(heartbeat_frame);
    heartbeat_at_ = now + heartbeat_interval;
  }
}

bool Session::admit(Instant now) {
  const double earned = std::chrono::duration<double>(now - counted_).count() * frames_per_second;
  allowance_ = std::min(frames_at_once, allowance_ + earned);
  counted_ = now;
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

void Session::handle_frame(std::string_view frame, Instant now) {
  if (state_ == State::finished) return;
  dead_at_ = now + silence_of_the_dead;
  if (!std::exchange(spoke_, true)) patience_ends_ = now + patience;
  if (!admit(now)) return complain(rate_exceeded, "too many messages");
  auto message = parse_message(frame);
  if (!message) return complain(bad_request, message.error().message);
  if (std::holds_alternative<Heartbeat>(*message)) return;
  if (auto* listen = std::get_if<Listen>(&*message)) return handle(std::move(*listen), now);
  if (state_ == State::known && now >= expires_at_) expire(now);
  if (const auto* order = std::get_if<Register>(&*message)) return handle(*order);
  handle_other(std::move(*message));
}

void Session::complain(int code, std::string message) {
  outbox_.push_back(error_frame({code, std::move(message)}));
}

void Session::handle(Listen listen, Instant now) {
  auto grant = verify_(listen.token);
  if (!grant) return complain(grant.error().detail, grant.error().message);
  reconnect_timeout_ = listen.reconnect_timeout;
  accept(std::move(*grant), now);
}

void Session::accept(Grant grant, Instant now) {
  const bool is_another = token_ && (token_->identity != grant.token.identity ||
                                     token_->account_sid != grant.token.account_sid);
  if (is_another) {
    unbind();
    wants_calls_ = false;
  }
  state_ = State::known;
  token_ = std::move(grant.token);
  expires_at_ = now + grant.life;
  Connected connected{settings_.edge, settings_.region, settings_.home, token_->identity};
  connected.life = std::chrono::floor<std::chrono::seconds>(grant.life);
  outbox_.push_back(connected_frame(connected));
  if (!wants_calls_) return;
  outbox_.push_back(ready_frame());
  bind();
}

void Session::handle(const Register& order) {
  switch (state_) {
    case State::unknown:
      wants_calls_ = order.audio;  // answered once there is a good token
      return;
    case State::expired:
      if (order.audio) return complain(identity::voice_error::expired_token, "the token is over");
      break;
    case State::known:
    case State::finished:
      break;
  }
  wants_calls_ = order.audio;
  outbox_.push_back(order.audio ? ready_frame() : offline_frame());
  if (order.audio) {
    bind();
  } else {
    unbind();
  }
}

void Session::bind() {
  // A token that does not allow it: the SDK sees a registration, and is never called.
  if (bound_ || !token_->may_be_called) return;
  bound_ = true;
  events_.emplace_back(Bound{});
}

void Session::unbind() {
  if (std::exchange(bound_, false)) events_.emplace_back(Unbound{});
}

void Session::handle_other(ClientMessage message) {
  if (std::holds_alternative<Unknown>(message)) return;
  if (state_ == State::unknown)
    return complain(identity::voice_error::invalid_token, "say who you are first: listen");
  const auto* invite = std::get_if<Invite>(&message);
  // Calls go on with the token that they began with; new ones need a good one.
  if (state_ == State::expired && invite != nullptr && invite->reconnect_token.empty()) {
    const SignalError error{identity::voice_error::expired_token, "the token is over"};
    outbox_.push_back(hangup_frame(invite->call_sid, error));
    return;
  }
  events_.emplace_back(Said{std::move(message)});
}

void Session::expire(Instant now) {
  state_ = State::expired;
  patience_ends_ = now + patience;
  unbind();
}

void Session::withdraw(Instant now) {
  if (state_ == State::finished || !token_) return;
  unbind();
  token_.reset();
  state_ = State::unknown;
  patience_ends_ = now + patience;
  complain(identity::voice_error::invalid_token, "the token's key or account is valid no more");
}

void Session::finish() {
  unbind();
  state_ = State::finished;
  events_.emplace_back(Finished{});
}

}  // namespace belfry::compat::twilio::voice_sdk
