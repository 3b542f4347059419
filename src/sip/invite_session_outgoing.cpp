#include <algorithm>

#include "sip/invite_session.hpp"

// The call that we make, until it is answered or over.
namespace belfry::sip {

namespace {

constexpr std::size_t most_forks = 16;
constexpr int most_timer_retries = 2;

}  // namespace

InviteSession InviteSession::outgoing(Settings settings, Target target, base::Random& random) {
  InviteSession session(std::move(settings), random);
  session.we_called_ = true;
  session.target_ = std::move(target);
  session.call_id_ = session.target_.call_id;
  session.first_offer_ = session.media_.offer();
  session.send_invite();
  return session;
}

void InviteSession::send_invite() {
  MessageBuilder invite = MessageBuilder::request("INVITE", target_.request_uri);
  invite.add(HeaderId::max_forwards, 70)
      .add(HeaderId::from, target_.from + ";tag=" + settings_.local_tag)
      .add(HeaderId::to, target_.to)
      .add(HeaderId::call_id, call_id_)
      .add(HeaderId::cseq, std::to_string(++invite_cseq_) + " INVITE")
      .add(HeaderId::contact, settings_.contact);
  add_timer_headers(invite);
  for (const auto& [name, value] : target_.headers) invite.add(name, value);
  authorize(invite, Method::invite, target_.request_uri);
  std::vector<BodyPart> parts = {{"application/sdp", "session", sdp::serialize(first_offer_)}};
  parts.insert(parts.end(), target_.parts.begin(), target_.parts.end());
  const Body body = make_body(parts);
  invite.body(body.content_type, body.bytes);
  invite_ = invite.build();
  early_.clear();
  invite_transaction_ = send(*invite_);
}

void InviteSession::on_invite_response(
    const Message& response, ChallengeFrom from, base::Instant now
) {
  if (response.status() < 200) return on_invite_provisional(response);
  if (response.status() < 300) return on_invite_success(response, now);
  on_invite_refused(response, from);
}

void InviteSession::on_invite_provisional(const Message& response) {
  if (state_ != State::calling && state_ != State::proceeding) return;
  if (state_ == State::calling) enter(State::proceeding);
  if (response.status() == 100) return;
  if (Early* early = early_of(response)) {
    if (response.status() == 199) {  // RFC 6228: that fork is over
      std::erase_if(early_, [&](const Early& one) { return &one == early; });
      return;
    }
    if (!take_reliable(*early, response)) return;
    take_early_answer(*early, response);
  }
  if (response.status() == 180 && !told_ringing_) {
    told_ringing_ = true;
    tell(Ringing{180});
  }
}

InviteSession::Early* InviteSession::early_of(const Message& response) {
  const std::string tag = response.to_tag();
  if (tag.empty()) return nullptr;
  for (Early& early : early_)
    if (early.dialog.remote_tag() == tag) return &early;
  if (early_.size() >= most_forks) return nullptr;
  auto dialog = Dialog::of_uac(*invite_, response, settings_.contact);
  if (!dialog) return nullptr;
  return &early_.emplace_back(Early{std::move(*dialog), std::nullopt, std::nullopt});
}

void InviteSession::take_early_answer(Early& early, const Message& response) {
  const auto body = response.body_of_type("application/sdp");
  if (!body) return;
  auto answer = sdp::parse(*body);
  if (!answer) return;
  auto audio = sdp::apply_answer(first_offer_, *answer);
  if (!audio) return;
  const bool changed = early.answer != *answer;
  early.answer = std::move(*answer);
  if (changed) tell(EarlyMedia{std::move(*audio)});
}

void InviteSession::on_invite_success(const Message& response, base::Instant now) {
  if (!linger_until_) linger_until_ = now + patience();
  if (dialog_ && dialog_->remote_tag() == response.to_tag()) {
    if (const auto ack = acks_.find(invite_cseq_); ack != acks_.end())
      outbox_.push_back(ack->second);
    return;
  }
  if (dialog_ || state_ == State::ended) return end_fork(response);
  establish(response, now);
}

void InviteSession::establish(const Message& response, base::Instant now) {
  auto dialog = Dialog::of_uac(*invite_, response, settings_.contact);
  if (!dialog) {
    end(EndedBy::network, 500, "the answer could not be read");
    return enter(State::ended);
  }
  const bool cancelled = state_ == State::cancelling;
  dialog_ = std::move(*dialog);
  if (const Early* early = early_of(response)) dialog_->continue_numbers(early->dialog);
  acknowledge(*dialog_, invite_cseq_);
  if (digest_) digest_->accepted();
  enter(State::established);
  if (cancelled) return send_bye(hang_up_reason_);  // CANCEL crossed the 200

  std::optional<sdp::Description> answer;
  if (const auto body = response.body_of_type("application/sdp")) {
    if (auto read = sdp::parse(*body)) answer = std::move(*read);
  } else if (Early* early = early_of(response); early && response.body().empty()) {
    answer = early->answer;  // it came before, in a 183
  }
  early_.clear();
  const auto agreed = answer ? media_.apply_answer(*answer)
                             : base::fail(base::Errc::malformed, "no usable SDP in the answer");
  if (!agreed) {
    end(EndedBy::us, 488, agreed.error().message);
    return send_bye({});
  }
  peer_takes_update_ = response.has_option(HeaderId::allow, "UPDATE");
  timer_.start(response, now);
  tell(Answered{*media_.audio(), extension_headers(response)});
  modify_when_possible(now);
}

/// Another fork answered too late, or after we had given up: it gets ACK and BYE, once.
void InviteSession::end_fork(const Message& response) {
  const std::string tag = response.to_tag();
  for (const Fork& fork : forks_)
    if (fork.tag == tag) return outbox_.push_back(fork.ack);
  if (forks_.size() >= most_forks) return;
  auto dialog = Dialog::of_uac(*invite_, response, settings_.contact);
  if (!dialog) return;
  SendAck ack{dialog->request(Method::ack, invite_cseq_).build(), next_branch()};
  outbox_.push_back(ack);
  forks_.push_back({tag, std::move(ack)});
  (void)send(dialog->request(Method::bye).build());
}

bool InviteSession::retry_with_credentials(const Message& response, ChallengeFrom from) {
  if (response.status() != 401 && response.status() != 407) return false;
  return digest_ && digest_->take_challenge(response, from);
}

void InviteSession::on_invite_refused(const Message& response, ChallengeFrom from) {
  if (state_ == State::cancelling) return enter(State::ended);
  if (state_ != State::calling && state_ != State::proceeding) return;
  const bool raised =
      response.status() == 422 && timer_retries_ < most_timer_retries && timer_.raise_to(response);
  if (raised) ++timer_retries_;
  if (raised || retry_with_credentials(response, from)) {
    enter(State::calling);
    return send_invite();
  }
  end_by(EndedBy::remote, response.status(), response);
  enter(State::ended);
}

}  // namespace belfry::sip
