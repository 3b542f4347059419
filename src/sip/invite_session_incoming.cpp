#include <algorithm>

#include "sip/invite_session.hpp"
#include "sip/reason.hpp"

// The call that comes to us, until it is answered or over.
namespace belfry::sip {

namespace {

constexpr base::Duration provisional_interval = std::chrono::seconds(60);  // RFC 3261 13.3.1.1

}  // namespace

InviteSession InviteSession::incoming(
    Settings settings, TransactionToken transaction, const Message& invite, base::Random& random
) {
  InviteSession session(std::move(settings), random);
  session.state_ = State::incoming;
  session.call_id_ = invite.call_id();
  session.invite_ = invite;
  session.invite_transaction_ = transaction;
  session.take_invite();
  return session;
}

void InviteSession::take_invite() {
  const auto refused = [&](int status) {
    end(EndedBy::us, status, "the INVITE could not be taken");
    enter(State::ended);
  };
  if (refuse_extensions(invite_transaction_, *invite_)) return refused(420);
  if (refuse_short_timer(invite_transaction_, *invite_)) return refused(422);
  auto dialog = Dialog::of_uas(*invite_, settings_.local_tag, settings_.contact);
  if (!dialog) return refuse_invite(400, dialog.error().message);
  dialog_ = std::move(*dialog);
  invite_cseq_ = dialog_->snapshot().remote_cseq.value_or(0);
  peer_takes_update_ = invite_->has_option(HeaderId::allow, "UPDATE");
  if (invite_->has_option(HeaderId::supported, "100rel"))
    peer_reliability_ = PeerReliability::supported;
  if (invite_->has_option(HeaderId::require, "100rel"))
    peer_reliability_ = PeerReliability::required;
  if (invite_->body().empty()) return;  // we offer in the 200
  const auto body = invite_->body_of_type("application/sdp");
  if (!body) return refuse_invite(415, "body is no SDP");
  const auto offer = sdp::parse(*body);
  if (!offer) return refuse_invite(488, offer.error().message);
  const auto answered = media_.answer(*offer, direction_);
  if (!answered) return refuse_invite(488, answered.error().message);
}

void InviteSession::refuse_invite(int status, std::string_view reason) {
  outbox_.push_back(SendResponse{invite_transaction_, respond(*invite_, status).build()});
  end(EndedBy::us, status, std::string(reason));
  enter(State::ended);
}

std::string InviteSession::invite_head() const {
  MessageBuilder head = MessageBuilder::request("INVITE", invite_->request_uri_text());
  for (const HeaderId id :
       {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id, HeaderId::cseq})
    head.copy(*invite_, id);
  return std::string(head.build().text());
}

void InviteSession::ring(base::Instant now, int status) {
  if (state_ == State::incoming && status > 100 && status < 200)
    send_provisional(status, false, now);
}

void InviteSession::early_media(base::Instant now) {
  if (state_ == State::incoming && media_.local()) send_provisional(183, true, now);
}

void InviteSession::send_provisional(int status, bool with_media, base::Instant now) {
  const bool reliable = is_reliable_now(with_media);
  // Without an offer in the INVITE a reliable response would have to bring one (RFC 3262 section
  // 5): such a caller hears of the answer only.
  if (reliable && invite_->body().empty()) return;
  if (reliable && unconfirmed_) {
    next_provisional_ = Provisional{status, with_media};
    return;
  }
  MessageBuilder out = respond(*invite_, status);
  out.add(HeaderId::contact, settings_.contact);
  if (reliable) make_reliable(out);
  if (with_media) out.body("application/sdp", sdp::serialize(*media_.local()));
  Message response = out.build();
  outbox_.push_back(SendResponse{invite_transaction_, response});
  if (reliable) await_prack(std::move(response), with_media, now);
  provisional_status_ = status;
  provisional_media_ = provisional_media_ || with_media;
  provisional_again_at_ = now + provisional_interval;  // proxies give up after 3 minutes
}

void InviteSession::answer(base::Instant now) {
  if (state_ != State::incoming) return;
  provisional_again_at_.reset();
  next_provisional_.reset();
  // RFC 3262 section 3: no 2xx before the caller has confirmed our media.
  answer_wanted_ = unconfirmed_ && unconfirmed_->with_media;
  if (answer_wanted_) return;
  if (unconfirmed_) unconfirmed_->repeat.handle_ack();  // its PRACK may still come
  enter(State::accepted);
  if (invite_->body().empty()) {
    const sdp::Description offer = media_.offer(direction_);
    return accept(invite_transaction_, *invite_, offer, true, now);
  }
  if (!provisional_media_) {
    // Nothing told yet: what was asked of us since (hold) goes into the answer.
    const auto offer = sdp::parse(invite_->body());
    if (offer) (void)media_.answer(*offer, direction_);
  }
  accept(invite_transaction_, *invite_, *media_.local(), false, now);
  tell(Answered{*media_.audio()});
}

void InviteSession::accept(
    TransactionToken transaction, const Message& invite, const sdp::Description& ours,
    bool answer_expected, base::Instant now
) {
  MessageBuilder out = respond(invite, 200);
  add_answer_headers(out, invite, now);
  out.body("application/sdp", sdp::serialize(ours));
  const auto cseq = invite.cseq();
  unacknowledged_ = Unacknowledged{
      .transaction = transaction,
      .response = out.build(),
      .cseq = cseq ? cseq->number : 0,
      .repeat = ReliableFinal(settings_.timers, now),
      .answer_expected = answer_expected,
  };
  outbox_.push_back(SendResponse{transaction, unacknowledged_->response});
}

void InviteSession::reject(int status, std::string_view reason) {
  if (state_ != State::incoming || status < 300) return;
  MessageBuilder out = respond(*invite_, status);
  if (!reason.empty()) out.add(HeaderId::reason, reason);
  outbox_.push_back(SendResponse{invite_transaction_, out.build()});
  end(EndedBy::us, status, std::string(reason));
  enter(State::ended);
}

void InviteSession::handle_cancel(const Message& cancel) {
  if (state_ != State::incoming) return;  // answered already: CANCEL changes nothing
  outbox_.push_back(SendResponse{invite_transaction_, respond(*invite_, 487).build()});
  const Reason reason = read_reason(cancel);
  end(EndedBy::remote, 487, reason.text, reason.q850);
  enter(State::ended);
}

}  // namespace belfry::sip
