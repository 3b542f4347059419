#include <algorithm>

#include "sip/invite_session.hpp"

// Our own changes to a running call: re-INVITE and UPDATE.
namespace belfry::sip {

namespace {

constexpr int most_retries = 10;
constexpr base::Duration refresh_again = std::chrono::seconds(10);

}  // namespace

void InviteSession::modify_when_possible(base::Instant now) {
  if (!offer_wanted_ || state_ != State::established || modify_ || unacknowledged_) return;
  if (modify_again_at_ && now < *modify_again_at_) return;
  modify_again_at_.reset();
  send_modify(Method::invite, true, now);
}

void InviteSession::refresh(base::Instant now) {
  timer_.postpone_refresh(now + refresh_again);
  if (modify_ || unacknowledged_ || modify_again_at_) return;
  // UPDATE refreshes without touching the media; a re-INVITE has to offer what stands.
  if (peer_takes_update_) return send_modify(Method::update, false, now);
  send_modify(Method::invite, true, now);
}

void InviteSession::send_modify(Method method, bool with_offer, base::Instant now) {
  MessageBuilder out = dialog_->request(method);
  add_timer_headers(out);
  authorize(out, method, dialog_->remote_target());
  if (with_offer) {
    out.body("application/sdp", sdp::serialize(media_.offer(direction_)));
    offer_wanted_ = false;
  }
  modify_ = Modify{
      .method = method,
      .transaction = send(out.build()),
      .cseq = dialog_->local_cseq(),
      .has_offer = with_offer,
      .give_up_at =
          now + patience() + settings_.timers.t1,  // the layer's timers B and F come first
  };
}

void InviteSession::on_modify_response(
    const Message& response, ChallengeFrom from, base::Instant now
) {
  if (response.status() < 200) return;
  const Modify done = *modify_;
  modify_.reset();
  if (response.status() < 300) return on_modify_success(done, response, now);
  if (done.has_offer) media_.abandon_offer();
  if (state_ == State::established) on_modify_refused(done, response, from, now);
}

void InviteSession::on_modify_success(
    const Modify& done, const Message& response, base::Instant now
) {
  if (done.method == Method::invite) acknowledge(*dialog_, done.cseq);
  if (state_ != State::established) return;
  dialog_->take_target(response);
  if (digest_) digest_->accepted();
  timer_.start(response, now);
  modify_retries_ = 0;
  if (done.has_offer) {
    const auto before = media_.agreement();
    const auto body = response.body_of_type("application/sdp");
    const auto answer = body ? sdp::parse(*body) : std::unexpected(body.error());
    const bool agreed = answer && media_.apply_answer(*answer);
    if (!agreed) {
      media_.abandon_offer();
      direction_ = media_.wanted();
      tell(ModifyFailed{488});
    }
    tell_if_changed(before);
  }
  modify_when_possible(now);
}

void InviteSession::on_modify_refused(
    const Modify& done, const Message& response, ChallengeFrom from, base::Instant now
) {
  const int status = response.status();
  if (status == 408 || status == 481)  // RFC 3261 section 12.2.1.2: the dialog is gone
    return give_up(status, "the other end does not know the call any more");
  if (++modify_retries_ <= most_retries) {
    const bool raised = status == 422 && timer_.raise_to(response);
    if (raised || retry_with_credentials(response, from))
      return send_modify(done.method, done.has_offer, now);
    const auto later = status == 500 ? response.number(HeaderId::retry_after) : std::nullopt;
    if (status == 491 || (later && *later <= 10)) {
      // RFC 3261 section 14.1: who made the Call-ID waits 2.1 to 4 s, the other up to 2 s.
      const std::uint64_t steps = we_called_ ? 210 + random_.below(191) : random_.below(201);
      const base::Duration glare = std::chrono::milliseconds(10 * steps);
      modify_again_at_ = now + (later ? std::chrono::seconds(*later) : glare);
      offer_wanted_ = offer_wanted_ || done.has_offer;
      if (!done.has_offer) timer_.postpone_refresh(*modify_again_at_);
      return;
    }
  }
  modify_retries_ = 0;
  direction_ = media_.wanted();
  tell(ModifyFailed{status});
  modify_when_possible(now);
}

}  // namespace belfry::sip
