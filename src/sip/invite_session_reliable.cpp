#include "sip/invite_session.hpp"
#include "sip/referral.hpp"

// Provisional responses that must arrive (100rel and PRACK, RFC 3262), both ways.
namespace belfry::sip {

namespace {

constexpr std::uint64_t highest_first_rseq = 0x7FFFFFFF;

}  // namespace

// --- Ours, to an INVITE that came ---

/// Media in a 183 would be lost on those who never saw it, so it is sent reliably to all who can.
bool InviteSession::is_reliable_now(bool with_media) const {
  switch (peer_reliability_) {
    case PeerReliability::none:
      return false;
    case PeerReliability::supported:
      return with_media;
    case PeerReliability::required:
      return true;
  }
  return false;
}

void InviteSession::make_reliable(MessageBuilder& builder) {
  if (last_rseq_ == 0)
    last_rseq_ = static_cast<std::uint32_t>(random_.below(highest_first_rseq) + 1);
  else
    ++last_rseq_;
  builder.add(HeaderId::require, "100rel").add(HeaderId::rseq, last_rseq_);
}

void InviteSession::await_prack(Message response, bool with_media, base::Instant now) {
  unconfirmed_.emplace(
      std::move(response), last_rseq_, with_media, ReliableFinal(settings_.timers, now)
  );
}

void InviteSession::on_prack(
    TransactionToken transaction, const Message& prack, base::Instant now
) {
  const auto rack = read_rack(prack);
  const bool fits = rack && unconfirmed_ && rack->rseq == unconfirmed_->rseq &&
                    rack->cseq == invite_cseq_ && !we_called_;
  if (!fits) return reply(transaction, prack, rack ? 481 : 400);
  const auto before = media_.agreement();
  MessageBuilder out = respond(prack, 200);
  if (!prack.body().empty()) {  // RFC 3262 section 5: a further offer
    const auto body = prack.body_of_type("application/sdp");
    if (!body) return reply(transaction, prack, 415);
    const auto offer = sdp::parse(*body);
    const auto answered =
        offer ? media_.answer(*offer, direction_) : std::unexpected(offer.error());
    if (!answered) return reply(transaction, prack, 488);
    out.body("application/sdp", sdp::serialize(*answered));
  }
  unconfirmed_.reset();
  outbox_.push_back(SendResponse{transaction, out.build()});
  tell_if_changed(before);
  if (state_ != State::incoming) return;
  if (answer_wanted_) return answer(now);
  if (const auto next = std::exchange(next_provisional_, std::nullopt))
    send_provisional(next->status, next->with_media, now);
}

void InviteSession::repeat_unconfirmed(base::Instant now) {
  if (!unconfirmed_) return;
  unconfirmed_->repeat.handle_timeout(now);
  if (unconfirmed_->repeat.poll_transmit())
    outbox_.push_back(SendResponse{invite_transaction_, unconfirmed_->response});
  if (!unconfirmed_->repeat.poll_event()) return;
  unconfirmed_.reset();
  if (state_ == State::incoming) refuse_invite(504, "no PRACK");  // RFC 3262 section 3
}

// --- Theirs, to our INVITE ---

/// @return false for one that has been taken before, or that comes too early: it will be repeated.
bool InviteSession::take_reliable(Early& early, const Message& response) {
  if (!response.has_option(HeaderId::require, "100rel")) return true;
  const auto rseq = response.number(HeaderId::rseq);
  const auto cseq = response.cseq();
  if (!rseq || !cseq) return false;
  if (early.rseq && *rseq != *early.rseq + 1) return false;
  early.rseq = *rseq;
  MessageBuilder prack = early.dialog.request(Method::prack);
  prack.add(HeaderId::rack, std::to_string(*rseq) + ' ' + std::to_string(cseq->number) + " INVITE");
  authorize(prack, Method::prack, early.dialog.remote_target());
  (void)send(prack.build());
  return true;
}

}  // namespace belfry::sip
