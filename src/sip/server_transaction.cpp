#include <algorithm>

#include "sip/transaction.hpp"

namespace belfry::sip {
namespace {

using base::Instant;

std::optional<Instant> or_nothing(Instant when) {
  return when == never ? std::nullopt : std::optional(when);
}

}  // namespace

InviteServerTransaction::InviteServerTransaction(
    const TransactionTimers& timers, Reliability reliability, Instant now
)
    : timers_(timers),
      trying_at_(now + timers.trying_after),
      interval_(timers.t1),
      reliability_(reliability) {}

void InviteServerTransaction::handle_request(Instant) {
  switch (state_) {
    case State::proceeding:
    case State::completed:
      response_due_ = response_due_ || has_answered_;
      return;
    case State::accepted:  // the owner of the 2xx repeats it by its own clock
    case State::confirmed:
    case State::terminated:
      return;
  }
}

void InviteServerTransaction::handle_ack(Instant now) {
  if (state_ != State::completed) return;
  resend_at_ = never;
  const bool lingers = reliability_ == Reliability::unreliable;
  state_ = lingers ? State::confirmed : State::terminated;
  ends_at_ = lingers ? now + timers_.t4 : never;  // timer I
}

void InviteServerTransaction::start_completed(Instant now) {
  state_ = State::completed;
  ends_at_ = now + timers_.lifetime();  // timer H
  if (reliability_ == Reliability::unreliable) resend_at_ = now + interval_;
}

bool InviteServerTransaction::handle_send(int status, Instant now) {
  switch (state_) {
    case State::proceeding:
      trying_at_ = never;
      trying_due_ = false;
      has_answered_ = response_due_ = true;
      if (status >= 300) start_completed(now);
      if (status >= 200 && status < 300) {
        state_ = State::accepted;
        ends_at_ = now + timers_.lifetime();  // timer L
      }
      return true;
    case State::accepted:
      if (status < 200 || status >= 300) return false;
      response_due_ = true;
      return true;
    case State::completed:
    case State::confirmed:
    case State::terminated:
      return false;
  }
  return false;
}

void InviteServerTransaction::handle_timeout(Instant now) {
  if (now >= ends_at_) {
    gave_up_ = state_ == State::completed;
    state_ = State::terminated;
    resend_at_ = ends_at_ = never;
    return;
  }
  if (now >= trying_at_) {
    trying_at_ = never;
    has_answered_ = trying_due_ = true;
  }
  if (now < resend_at_) return;
  response_due_ = true;
  interval_ = std::min(interval_ * 2, timers_.t2);
  resend_at_ = now + interval_;  // timer G
}

std::optional<Instant> InviteServerTransaction::next_timeout() const {
  return or_nothing(std::min({trying_at_, resend_at_, ends_at_}));
}

std::optional<InviteServerTransaction::Send> InviteServerTransaction::poll_transmit() {
  if (std::exchange(trying_due_, false)) return Send::trying;
  if (std::exchange(response_due_, false)) return Send::response;
  return std::nullopt;
}

std::optional<GaveUp> InviteServerTransaction::poll_event() {
  return std::exchange(gave_up_, false) ? std::optional(GaveUp{}) : std::nullopt;
}

ServerTransaction::ServerTransaction(
    const TransactionTimers& timers, Reliability reliability, Instant now
)
    : timers_(timers), ends_at_(now + timers.lifetime()), reliability_(reliability) {}

void ServerTransaction::handle_request(Instant) {
  response_due_ = response_due_ || state_ == State::proceeding || state_ == State::completed;
}

bool ServerTransaction::handle_send(int status, Instant now) {
  switch (state_) {
    case State::trying:
    case State::proceeding:
      response_due_ = true;
      if (status < 200) {
        state_ = State::proceeding;
      } else if (reliability_ == Reliability::unreliable) {
        state_ = State::completed;
        ends_at_ = now + timers_.lifetime();  // timer J
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

void ServerTransaction::handle_timeout(Instant now) {
  if (now < ends_at_) return;
  state_ = State::terminated;
  ends_at_ = never;
}

std::optional<Instant> ServerTransaction::next_timeout() const {
  return or_nothing(ends_at_);
}

std::optional<ServerTransaction::Send> ServerTransaction::poll_transmit() {
  return std::exchange(response_due_, false) ? std::optional(Send::response) : std::nullopt;
}

ReliableFinal::ReliableFinal(const TransactionTimers& timers, Instant first_sent)
    : interval_(timers.t1),
      maximum_(timers.t2),
      resend_at_(first_sent + timers.t1),
      ends_at_(first_sent + timers.lifetime()) {}

void ReliableFinal::handle_ack() {
  resend_at_ = ends_at_ = never;
  due_ = false;
}

void ReliableFinal::handle_timeout(Instant now) {
  if (now >= ends_at_) {
    handle_ack();
    gave_up_ = true;
    return;
  }
  if (now < resend_at_) return;
  due_ = true;
  interval_ = std::min(interval_ * 2, maximum_);
  resend_at_ = now + interval_;
}

std::optional<Instant> ReliableFinal::next_timeout() const {
  return or_nothing(std::min(resend_at_, ends_at_));
}

bool ReliableFinal::poll_transmit() {
  return std::exchange(due_, false);
}

std::optional<GaveUp> ReliableFinal::poll_event() {
  return std::exchange(gave_up_, false) ? std::optional(GaveUp{}) : std::nullopt;
}

}  // namespace belfry::sip
