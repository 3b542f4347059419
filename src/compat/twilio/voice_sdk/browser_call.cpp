#include "compat/twilio/voice_sdk/browser_call.hpp"

#include <algorithm>

namespace belfry::compat::twilio::voice_sdk {

using call::Ending;
using call::HangupCause;
using gateway::webrtc::PeerFailure;
using namespace std::chrono_literals;

namespace {

constexpr int media_failed = 53405;
constexpr int bad_request = 31400;
constexpr std::chrono::seconds least_wait_for_socket = 15s;
/// A page that gives up earlier than this has not waited for its media.
constexpr base::Duration time_to_connect = 3s;
/// For the SDK's ICE restart, after 30 s without a check.
constexpr base::Duration time_to_come_back = 15s;
constexpr base::Duration longest_ring_back = 10min;

/// What the page is told; nothing when its call ended as calls do.
std::optional<SignalError> error_of(HangupCause cause, bool answered) {
  if (cause == HangupCause::media_timeout)
    return SignalError{media_failed, "no media arrives from the browser"};
  if (answered) return std::nullopt;
  switch (cause) {
    case HangupCause::busy:
      return SignalError{31486, "busy"};
    case HangupCause::rejected:
      return SignalError{31603, "declined"};
    case HangupCause::no_answer:
      return SignalError{31480, "nobody answers"};
    case HangupCause::unreachable:
      return SignalError{31404, "not found"};
    case HangupCause::overload:
      return SignalError{31206, "too many calls"};
    case HangupCause::failed:
      return SignalError{31005, "the call failed"};
    case HangupCause::normal:
    case HangupCause::canceled:
    case HangupCause::media_timeout:
    case HangupCause::max_duration:
    case HangupCause::restart:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string words_of(PeerFailure failure) {
  switch (failure) {
    case PeerFailure::never_connected:
      return "the browser never reached our media address";
    case PeerFailure::wrong_fingerprint:
      return "the browser's certificate is not the one of its SDP";
    case PeerFailure::consent_lost:
      return "nothing was heard of the browser's media for 30 s";
  }
  return {};
}

Ending ending_of(PeerFailure failure) {
  Ending ending{HangupCause::media_timeout, 0, words_of(failure)};
  switch (failure) {
    case PeerFailure::never_connected:
      ending.handshake = call::Handshake::never_connected;
      break;
    case PeerFailure::wrong_fingerprint:
      ending.handshake = call::Handshake::wrong_fingerprint;
      break;
    case PeerFailure::consent_lost:
      break;  // it was there
  }
  return ending;
}

}  // namespace

BrowserCall::BrowserCall(CallHouse& house, Party party, call::EndpointListener& listener)
    : house_(house), party_(std::move(party)), listener_(listener) {
  house_.add(*this);
}

BrowserCall::~BrowserCall() {
  *alive_ = false;
  house_.loop().cancel(timer_);
  house_.remove(*this);
}

std::unique_ptr<BrowserCall> BrowserCall::incoming(
    CallHouse& house, Party party, Device& device, std::unique_ptr<Connection> connection,
    std::string answer, call::EndpointListener& listener
) {
  std::unique_ptr<BrowserCall> made(new BrowserCall(house, std::move(party), listener));
  made->inbound_ = true;
  made->state_ = State::ringing;
  made->answer_sdp_ = std::move(answer);
  made->take_over(device, std::move(connection));
  return made;
}

void BrowserCall::later(base::Work work) {
  house_.loop().post([alive = alive_, work = std::move(work)]() mutable {
    if (*alive) work();
  });
}

void BrowserCall::start_timer(base::Duration delay, Ending ending) {
  house_.loop().cancel(timer_);
  // A page that can hear a word is one whose media has failed.
  timer_ = house_.loop().call_after(delay, [this, ending = std::move(ending)] {
    end_with({media_failed, ending.detail}, ending);
  });
}

void BrowserCall::send(Device& device, std::string_view what, const std::string& frame) {
  device.send(frame);
  later([this, what] { listener_.on_trace("client.sent", {{"message", what}}); });
}

void BrowserCall::note_received(std::string_view what) {
  listener_.on_trace("client.received", {{"message", what}});
}

call::SeatId BrowserCall::seat() const {
  return connection_ ? connection_->peer().seat() : call::SeatId{};
}

void BrowserCall::take_over(Device& device, std::unique_ptr<Connection> connection) {
  device_ = &device;
  reconnect_timeout_ = device.reconnect_timeout();
  connection_ = std::move(connection);
  ConnectionOwner* owner = this;
  connection_->set_owner(owner);
}

// --- The page calls ---

/// The first word says that the call is in hand, any further one that somebody rings: only then the
/// page gets our SDP, and hears it.
void BrowserCall::ring() {
  if (!inbound_ || state_ != State::ringing || device_ == nullptr || rings_back_) return;
  if (!std::exchange(told_to_ring_, true))
    return send(*device_, "ringing", ringing_frame(party_.call_sid, ""));
  open_sound();
  rings_back_ = true;
  house_.media().play(
      seat(), call::TonePlayback{call::TonePlayback::Kind::ringback, longest_ring_back}
  );
}

/// Somebody else says how it rings: an announcement, a tone of the other network.
bool BrowserCall::open_early_media() {
  if (!inbound_ || state_ != State::ringing || device_ == nullptr) return false;
  told_to_ring_ = true;
  open_sound();
  stop_ring_back();
  return true;
}

void BrowserCall::open_sound() {
  if (std::exchange(early_media_, true)) return;
  send(*device_, "ringing", ringing_frame(party_.call_sid, answer_sdp_));
  connection_->peer().expect();
}

void BrowserCall::stop_ring_back() {
  if (std::exchange(rings_back_, false) && connection_) house_.media().stop_playing(seat());
}

void BrowserCall::answer() {
  if (!inbound_ || state_ != State::ringing || device_ == nullptr) return;
  stop_ring_back();
  wait_for_media();
  const std::string_view sdp = early_media_ ? std::string_view() : answer_sdp_;
  const std::string& reconnect = token_.renew(house_.random());
  send(*device_, "answer", answer_frame(party_.call_sid, sdp, reconnect));
  connection_->peer().expect();
  if (connection_->connected()) later([this] { answer_is_complete(); });
}

void BrowserCall::answer_is_complete() {
  if (state_ != State::connecting) return;
  state_ = State::answered;
  listener_.on_answered();
}

// --- Media ---

void BrowserCall::wait_for_media() {
  state_ = State::connecting;
  connecting_since_ = house_.loop().now();
}

void BrowserCall::on_connected(Connection& connection) {
  if (&connection != connection_.get()) return;
  house_.loop().cancel(std::exchange(timer_, 0));
  if (device_ == nullptr) on_device_lost();
  answer_is_complete();
}

void BrowserCall::on_failed(Connection& connection, PeerFailure failure) {
  if (&connection != connection_.get() || state_ == State::ended) return;
  const bool may_come_back = failure == PeerFailure::consent_lost && device_ != nullptr;
  Ending ending = ending_of(failure);
  if (may_come_back) return start_timer(time_to_come_back, std::move(ending));
  end_with({media_failed, words_of(failure)}, std::move(ending));
}

void BrowserCall::on_reinvite(Device& device, const std::string& offer) {
  if (&device != device_ || !connection_) return;
  note_received("reinvite");
  const auto answer = connection_->peer().answer(offer);
  if (!answer) {
    const SignalError error{bad_request, answer.error().message};
    return send(device, "error", error_frame(error, party_.call_sid));
  }
  send(device, "answer", answer_frame(party_.call_sid, *answer, token_.current()));
}

// --- The socket comes and goes ---

bool BrowserCall::concerns(const Device& device) const {
  return &device == device_ ||
         std::ranges::find(invitations_, &device, &Invitation::device) != invitations_.end();
}

bool BrowserCall::is_waiting(const Device& device) const {
  return inbound_ && state_ == State::ringing && &device == device_;
}

void BrowserCall::on_device_gone(Device& device) {
  if (const auto invitation = invitation_of(device); invitation != invitations_.end())
    drop(invitation, {HangupCause::no_answer, 480, "the browser is gone"});
  if (&device != device_) return;
  device_ = nullptr;
  if (state_ == State::ringing) return end({HangupCause::canceled, 0, "the browser is gone"});
  on_device_lost();
}

void BrowserCall::on_device_lost() {
  const auto wait = std::max(reconnect_timeout_, least_wait_for_socket);
  start_timer(wait, {HangupCause::normal, 0, "the browser is gone and did not come back"});
}

bool BrowserCall::on_reattach(Device& device, const Invite& invite) {
  if (!token_.accept(invite.reconnect_token)) return false;
  note_received("invite");
  if (state_ == State::ringing) return forward_to(device, invite.sdp);
  if (state_ != State::connecting && state_ != State::answered) return false;
  device_ = &device;
  reconnect_timeout_ = device.reconnect_timeout();
  house_.loop().cancel(std::exchange(timer_, 0));
  const std::string& reconnect = token_.renew(house_.random());
  send(device, "answer", answer_frame(party_.call_sid, "", reconnect));
  return true;
}

// --- Words during the call ---

void BrowserCall::on_digits(const Device& device, const std::string& digits) {
  if (&device != device_) return;
  for (const char digit : digits)
    if (std::string_view("0123456789*#").contains(digit)) listener_.on_digit(digit);
}

bool BrowserCall::tell(const UserMessage& message) {
  if (device_ == nullptr) return false;
  send(*device_, "message", message_frame(message));
  return true;
}

// --- The end ---

void BrowserCall::on_hangup(Device& device, const std::string& message) {
  const std::string words = message.empty() ? "the browser hung up" : message;
  if (const auto invitation = invitation_of(device); invitation != invitations_.end()) {
    note_received("hangup");
    return drop(invitation, {HangupCause::rejected, 603, words});
  }
  if (&device != device_) return;
  note_received("hangup");
  device_ = nullptr;
  const bool gave_up = inbound_ && state_ == State::ringing;
  Ending ending{gave_up ? HangupCause::canceled : HangupCause::normal, 0, words};
  if (state_ == State::connecting && house_.loop().now() - connecting_since_ > time_to_connect)
    ending.handshake = call::Handshake::never_connected;
  end(std::move(ending));
}

void BrowserCall::hang_up(HangupCause cause) {
  if (state_ == State::ended) return;
  cancel_others(nullptr);
  const bool was_answered = state_ == State::answered || state_ == State::connecting;
  if (device_ != nullptr)
    send(*device_, "hangup", hangup_frame(party_.call_sid, error_of(cause, was_answered)));
  end({cause, 0, std::string(to_string(cause))});
}

void BrowserCall::end_with(const SignalError& error, Ending ending) {
  if (state_ == State::ended) return;
  cancel_others(nullptr);
  if (device_ != nullptr) send(*device_, "hangup", hangup_frame(party_.call_sid, error));
  end(std::move(ending));
}

void BrowserCall::end(Ending ending) {
  if (state_ == State::ended) return;
  state_ = State::ended;
  house_.loop().cancel(std::exchange(timer_, 0));
  cancel_others(nullptr);
  device_ = nullptr;
  if (connection_) {
    connection_->set_owner(nullptr);
    house_.discard(std::move(connection_));
  }
  house_.remove(*this);
  later([this, ending = std::move(ending)] { listener_.on_ended(ending); });
}

}  // namespace belfry::compat::twilio::voice_sdk
