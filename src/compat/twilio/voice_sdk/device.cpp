#include "compat/twilio/voice_sdk/device.hpp"

#include "base/wait.hpp"

namespace belfry::compat::twilio::voice_sdk {

using base::Result;
using base::Task;

Device::Device(base::Loop& loop, http::WebSocket& socket, DeviceOwner& owner, Session session)
    : loop_(loop), socket_(socket), owner_(owner), session_(std::move(session)) {}

Task<void> Device::run() {
  while (!finished_) {
    session_.set_in_call(owner_.has_calls(*this));
    const base::Duration patience = session_.next_timeout() - loop_.now();
    Task<Result<std::string>> receiving = socket_.receive();
    auto limited = base::with_time_limit(loop_, std::move(receiving), patience);
    const auto frame = co_await std::move(limited);
    if (!frame) {
      session_.handle_timeout(loop_.now());
    } else if (*frame) {
      session_.handle_frame(**frame, loop_.now());
    } else {
      co_return;
    }
    flush();
  }
}

void Device::send(const std::string& frame) {
  // A socket that takes nothing more is dead in a few seconds anyway.
  static_cast<void>(socket_.send(frame));
}

void Device::withdraw() {
  session_.withdraw(loop_.now());
  flush();
}

bool Device::is(const std::string& account_sid, const std::string& identity) const {
  return token() && token()->account_sid == account_sid && token()->identity == identity;
}

void Device::flush() {
  while (true) {
    while (auto frame = session_.poll_transmit()) send(*frame);
    auto event = session_.poll_event();
    if (!event) return;
    handle(std::move(*event));
  }
}

void Device::handle(Session::Event event) {
  if (std::holds_alternative<Session::Bound>(event)) {
    owner_.on_bound(*this);
  } else if (std::holds_alternative<Session::Unbound>(event)) {
    owner_.on_unbound(*this);
  } else if (auto* said = std::get_if<Session::Said>(&event)) {
    owner_.on_said(*this, std::move(said->message));
  } else {
    finished_ = true;
  }
}

}  // namespace belfry::compat::twilio::voice_sdk
