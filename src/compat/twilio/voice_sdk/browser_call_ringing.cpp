// A page is called: every device of its identity rings, until one answers.
#include <algorithm>

#include "compat/twilio/voice_sdk/browser_call.hpp"

namespace belfry::compat::twilio::voice_sdk {

using call::Ending;
using call::HangupCause;
using namespace std::chrono_literals;

namespace {

/// A page that is loaded anew registers again in this time.
constexpr base::Duration wait_for_another_device = 5s;

/// What a person said counts more than what a machine did.
int weight(HangupCause cause) {
  if (cause == HangupCause::rejected) return 2;
  return cause == HangupCause::no_answer ? 1 : 0;
}

}  // namespace

std::unique_ptr<BrowserCall> BrowserCall::outgoing(
    CallHouse& house, Party party, base::json::object invitation, call::EndpointListener& listener
) {
  std::unique_ptr<BrowserCall> made(new BrowserCall(house, std::move(party), listener));
  made->parameters_ = std::move(invitation);
  return made;
}

void BrowserCall::dial() {
  later([this] { start_ringing(); });
}

void BrowserCall::start_ringing() {
  if (state_ != State::idle) return;
  state_ = State::ringing;
  token_.renew(house_.random());
  const std::vector<Device*> devices = house_.devices_to_ring(*this);
  if (devices.empty())
    return end(
        {HangupCause::no_answer, 480, "no device of client:" + party_.identity + " is registered"}
    );
  for (Device* device : devices) invite(*device);
  if (invitations_.empty())
    return end({HangupCause::overload, 503, "there is no room for the browser's media"});
  listener_.on_ringing();
}

bool BrowserCall::invite(Device& device) {
  auto connection = house_.connect();
  if (!connection) return false;
  ConnectionOwner* owner = this;
  (*connection)->set_owner(owner);
  const std::string offer = (*connection)->peer().offer();
  base::json::object parameters = parameters_;
  send(
      device, "invite",
      invite_frame(party_.call_sid, offer, token_.current(), std::move(parameters))
  );
  invitations_.push_back({&device, std::move(*connection)});
  return true;
}

void BrowserCall::on_device_bound(Device& device) {
  if (inbound_ || state_ != State::ringing || concerns(device)) return;
  if (invite(device)) house_.loop().cancel(std::exchange(timer_, 0));
}

std::list<BrowserCall::Invitation>::iterator BrowserCall::invitation_of(const Device& device) {
  return std::ranges::find(invitations_, &device, &Invitation::device);
}

/// The device does not ring any more; when it was the last one, the call is over, unless a page is
/// just being loaded anew.
void BrowserCall::drop(std::list<Invitation>::iterator invitation, const Ending& why) {
  const bool may_come_back = why.cause == HangupCause::no_answer;
  if (!best_ending_ || weight(why.cause) > weight(best_ending_->cause)) best_ending_ = why;
  invitation->connection->set_owner(nullptr);
  house_.discard(std::move(invitation->connection));
  invitations_.erase(invitation);
  if (state_ != State::ringing || !invitations_.empty()) return;
  if (may_come_back) return start_timer(wait_for_another_device, *best_ending_);
  end(*best_ending_);
}

void BrowserCall::cancel_others(const Device* winner) {
  for (Invitation& invitation : invitations_) {
    if (invitation.device != winner)
      send(*invitation.device, "cancel", cancel_frame(party_.call_sid));
    if (!invitation.connection) continue;  // the winner's has been taken over
    invitation.connection->set_owner(nullptr);
    house_.discard(std::move(invitation.connection));
  }
  invitations_.clear();
}

void BrowserCall::withdraw_from(Device& device) {
  const auto invitation = invitation_of(device);
  if (invitation == invitations_.end()) return;
  send(device, "cancel", cancel_frame(party_.call_sid));
  drop(invitation, {HangupCause::busy, 486, "the browser is in another call"});
}

void BrowserCall::on_reject(Device& device) {
  const auto invitation = invitation_of(device);
  if (invitation == invitations_.end()) return;
  note_received("reject");
  drop(invitation, {HangupCause::rejected, 603, "declined"});
}

void BrowserCall::on_answer(Device& device, const std::string& sdp) {
  const auto invitation = invitation_of(device);
  if (invitation == invitations_.end() || state_ != State::ringing)
    return device.send(hangup_frame(party_.call_sid));  // somebody was faster
  note_received("answer");
  const auto taken = invitation->connection->peer().take_answer(sdp);
  if (!taken) {
    const SignalError error{31400, taken.error().message};
    send(device, "hangup", hangup_frame(party_.call_sid, error));
    return drop(invitation, {HangupCause::failed, 0, taken.error().message});
  }
  wait_for_media();
  house_.loop().cancel(std::exchange(timer_, 0));
  take_over(device, std::move(invitation->connection));
  cancel_others(&device);
  if (connection_->connected()) later([this] { answer_is_complete(); });
}

/// Another device of the identity takes the call that rings: it brings an offer of its own.
bool BrowserCall::forward_to(Device& device, const std::string& offer) {
  if (inbound_ || offer.empty()) return false;
  auto connection = house_.connect();
  if (!connection) return false;
  auto answer = (*connection)->peer().answer(offer);
  if (!answer) return false;
  wait_for_media();
  house_.loop().cancel(std::exchange(timer_, 0));
  take_over(device, std::move(*connection));
  cancel_others(nullptr);
  const std::string& reconnect = token_.renew(house_.random());
  send(device, "answer", answer_frame(party_.call_sid, *answer, reconnect));
  connection_->peer().expect();
  return true;
}

}  // namespace belfry::compat::twilio::voice_sdk
