#include <algorithm>

#include "sip/transaction.hpp"

namespace belfry::sip {
namespace {

using base::Instant;

/// Timer D: at least 32 s, so that retransmitted finals find their ACK (RFC 3261 §17.1.1.2).
constexpr base::Duration timer_d = std::chrono::seconds(32);

std::optional<Instant> earlier(Instant a, Instant b) {
  const Instant first = std::min(a, b);
  return first == never ? std::nullopt : std::optional(first);
}

}  // namespace

InviteClientTransaction::InviteClientTransaction(
    const TransactionTimers& timers, Reliability reliability, Instant now
)
    : timers_(timers),
      ends_at_(now + timers.lifetime()),
      interval_(timers.t1),
      reliability_(reliability) {
  if (reliability == Reliability::unreliable) resend_at_ = now + interval_;
}

void InviteClientTransaction::enter(State next, Instant until) {
  state_ = next;
  resend_at_ = never;
  ends_at_ = until;
}

bool InviteClientTransaction::handle_response(int status, Instant now) {
  switch (state_) {
    case State::calling:
    case State::proceeding:
      if (status < 200) {
        // A second provisional must not take back the limit that a CANCEL has set.
        enter(State::proceeding, state_ == State::calling ? never : ends_at_);
      } else if (status < 300) {
        enter(State::accepted, now + timers_.lifetime());
      } else {
        ack_due_ = true;
        const bool lingers = reliability_ == Reliability::unreliable;
        enter(lingers ? State::completed : State::terminated, lingers ? now + timer_d : never);
      }
      return true;
    case State::accepted:
      return status >= 200 && status < 300;
    case State::completed:
      ack_due_ = ack_due_ || status >= 300;
      return false;
    case State::terminated:
      return false;
  }
  return false;
}

void InviteClientTransaction::handle_cancel_sent(Instant now) {
  if (state_ == State::proceeding) ends_at_ = std::min(ends_at_, now + timers_.lifetime());
}

void InviteClientTransaction::handle_timeout(Instant now) {
  if (now >= ends_at_) {
    gave_up_ = state_ == State::calling || state_ == State::proceeding;
    return enter(State::terminated, never);
  }
  if (now < resend_at_) return;
  request_due_ = true;
  interval_ *= 2;  // timer A has no upper limit
  resend_at_ = now + interval_;
}

std::optional<Instant> InviteClientTransaction::next_timeout() const {
  return earlier(resend_at_, ends_at_);
}

std::optional<InviteClientTransaction::Send> InviteClientTransaction::poll_transmit() {
  if (std::exchange(request_due_, false)) return Send::request;
  if (std::exchange(ack_due_, false)) return Send::ack;
  return std::nullopt;
}

std::optional<GaveUp> InviteClientTransaction::poll_event() {
  return std::exchange(gave_up_, false) ? std::optional(GaveUp{}) : std::nullopt;
}

ClientTransaction::ClientTransaction(
    const TransactionTimers& timers, Reliability reliability, Instant now
)
    : timers_(timers),
      ends_at_(now + timers.lifetime()),
      interval_(timers.t1),
      reliability_(reliability) {
  if (reliability == Reliability::unreliable) resend_at_ = now + interval_;
}

bool ClientTransaction::handle_response(int status, Instant now) {
  switch (state_) {
    case State::trying:
    case State::proceeding:
      if (status < 200) {
        state_ = State::proceeding;
        return true;
      }
      resend_at_ = never;
      request_due_ = false;
      if (reliability_ == Reliability::unreliable) {
        state_ = State::completed;
        ends_at_ = now + timers_.t4;  // timer K
      } else {
        state_ = State::terminated;
        ends_at_ = never;
      }
      return true;
    case State::completed:
    case State::terminated:
      return false;
  }
  return false;
}

void ClientTransaction::handle_timeout(Instant now) {
  if (now >= ends_at_) {
    gave_up_ = state_ == State::trying || state_ == State::proceeding;
    state_ = State::terminated;
    resend_at_ = ends_at_ = never;
    return;
  }
  if (now < resend_at_) return;
  request_due_ = true;
  interval_ = state_ == State::proceeding ? timers_.t2 : std::min(interval_ * 2, timers_.t2);
  resend_at_ = now + interval_;
}

std::optional<Instant> ClientTransaction::next_timeout() const {
  return earlier(resend_at_, ends_at_);
}

std::optional<ClientTransaction::Send> ClientTransaction::poll_transmit() {
  return std::exchange(request_due_, false) ? std::optional(Send::request) : std::nullopt;
}

std::optional<GaveUp> ClientTransaction::poll_event() {
  return std::exchange(gave_up_, false) ? std::optional(GaveUp{}) : std::nullopt;
}

}  // namespace belfry::sip
