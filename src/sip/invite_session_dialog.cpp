#include <algorithm>

#include "sip/dtmf_info.hpp"
#include "sip/invite_session.hpp"
#include "sip/reason.hpp"

// What the other end sends within the dialog.
namespace belfry::sip {

Dialog* InviteSession::dialog_of(const Message& request) {
  if (dialog_) return dialog_->matches(request) ? &*dialog_ : nullptr;
  for (Early& early : early_)
    if (early.dialog.matches(request)) return &early.dialog;
  return nullptr;
}

void InviteSession::handle_request(
    TransactionToken transaction, const Message& request, base::Instant now
) {
  Dialog* dialog = dialog_of(request);
  if (dialog == nullptr || state_ == State::ended) return reply(transaction, request, 481);
  if (!dialog->take_request(request)) return reply(transaction, request, 500);
  if (refuse_extensions(transaction, request)) return;
  switch (request.method()) {
    case Method::bye:
      return on_bye(transaction, request);
    case Method::invite:
      return on_reinvite(transaction, request, now);
    case Method::update:
      return on_update(transaction, request, now);
    case Method::info:
      return on_info(transaction, request);
    case Method::options: {
      MessageBuilder out = respond(request, 200);
      add_abilities(out.add(HeaderId::accept, "application/sdp"));
      return outbox_.push_back(SendResponse{transaction, out.build()});
    }
    case Method::refer:
      return on_refer(transaction, request);
    case Method::prack:
      return on_prack(transaction, request, now);
    case Method::notify:
      return on_notify(transaction, request);
    case Method::register_:
    case Method::subscribe:
    case Method::message:
    case Method::publish:
      return reply(transaction, request, 405);
    case Method::ack:
    case Method::cancel:
      return;
    case Method::other:
      return reply(transaction, request, 501);
  }
}

void InviteSession::on_bye(TransactionToken transaction, const Message& bye) {
  reply(transaction, bye, 200);
  if (state_ == State::incoming)
    outbox_.push_back(SendResponse{invite_transaction_, respond(*invite_, 487).build()});
  const bool answered = dialog_ && state_ != State::incoming;
  const Reason reason = read_reason(bye);
  end(EndedBy::remote, answered ? 200 : 487, reason.text, reason.q850);
  // With our own BYE under way the answer to it is still to come, but nothing depends on it.
  enter(State::ended);
}

void InviteSession::on_info(TransactionToken transaction, const Message& info) {
  if (info.body().empty()) return reply(transaction, info, 200);
  const auto digit = parse_dtmf_info(info.content_type(), info.body());
  if (!digit) {
    MessageBuilder out = response_to(info, 415, settings_.local_tag);
    out.add(HeaderId::accept, "application/dtmf-relay, application/dtmf");
    return outbox_.push_back(SendResponse{transaction, out.build()});
  }
  reply(transaction, info, 200);
  if (state_ != State::ending) tell(DigitPressed{digit->digit, digit->duration});
}

void InviteSession::on_reinvite(
    TransactionToken transaction, const Message& invite, base::Instant now
) {
  if (state_ == State::ending) return reply(transaction, invite, 481);
  if (unacknowledged_ || state_ == State::incoming) return reply_later(transaction, invite);
  if (modify_ || state_ != State::established) return reply(transaction, invite, 491);  // glare
  if (refuse_short_timer(transaction, invite)) return;
  const auto before = media_.agreement();
  if (invite.body().empty()) {
    // The last agreed codecs are offered again.
    const sdp::Description offer = media_.offer(direction_);
    accept(transaction, invite, offer, true, now);
  } else {
    const auto body = invite.body_of_type("application/sdp");
    if (!body) return reply(transaction, invite, 415);
    const auto offer = sdp::parse(*body);
    const auto answered =
        offer ? media_.answer(*offer, direction_) : std::unexpected(offer.error());
    if (!answered) return reply(transaction, invite, 488);
    accept(transaction, invite, *answered, false, now);
  }
  dialog_->take_target(invite);
  tell_if_changed(before);
}

void InviteSession::on_update(
    TransactionToken transaction, const Message& update, base::Instant now
) {
  if (state_ == State::ending) return reply(transaction, update, 481);
  if (refuse_short_timer(transaction, update)) return;
  const auto before = media_.agreement();
  std::string answer_text;
  if (!update.body().empty()) {
    const auto body = update.body_of_type("application/sdp");
    if (!body) return reply(transaction, update, 415);
    // RFC 3311 section 5.2: our offer is open, or theirs is not answered yet.
    const bool ours_open = media_.offer_is_open() || modify_;
    if (ours_open || state_ == State::calling || state_ == State::proceeding)
      return reply(transaction, update, 491);
    // Before the answer only when our early answer has surely arrived.
    const bool early_agreement = last_rseq_ != 0 && provisional_media_ && !unconfirmed_;
    if (state_ == State::incoming && !early_agreement) return reply_later(transaction, update);
    const auto offer = sdp::parse(*body);
    const auto answered =
        offer ? media_.answer(*offer, direction_) : std::unexpected(offer.error());
    if (!answered) return reply(transaction, update, 488);
    answer_text = sdp::serialize(*answered);
  }
  MessageBuilder out = respond(update, 200);
  if (state_ == State::established || state_ == State::accepted)
    add_answer_headers(out, update, now);
  else
    out.add(HeaderId::contact, settings_.contact);
  if (!answer_text.empty()) out.body("application/sdp", answer_text);
  outbox_.push_back(SendResponse{transaction, out.build()});
  if (Dialog* dialog = dialog_of(update)) dialog->take_target(update);
  tell_if_changed(before);
}

void InviteSession::handle_ack(const Message& ack, base::Instant now) {
  if (!unacknowledged_ || !dialog_ || !dialog_->matches(ack)) return;
  const auto cseq = ack.cseq();
  if (!cseq || cseq->number != unacknowledged_->cseq) return;
  const bool answer_expected = unacknowledged_->answer_expected;
  const bool first = state_ == State::accepted;
  unacknowledged_.reset();
  if (first) enter(State::established);
  if (bye_wanted_) return send_bye(hang_up_reason_);
  if (state_ != State::established) return;
  const auto before = media_.agreement();
  if (answer_expected) {
    take_answer_in_ack(ack);
    if (state_ != State::established) return;
  }
  if (first && answer_expected)
    tell(Answered{*media_.audio()});
  else
    tell_if_changed(before);
  modify_when_possible(now);
}

void InviteSession::take_answer_in_ack(const Message& ack) {
  const auto body = ack.body_of_type("application/sdp");
  const auto answer = body ? sdp::parse(*body) : std::unexpected(body.error());
  if (answer && media_.apply_answer(*answer)) return;
  media_.abandon_offer();
  end(EndedBy::us, 488, "no usable SDP in the ACK");
  send_bye({});
}

void InviteSession::send_bye(std::string_view reason) {
  MessageBuilder bye = dialog_->request(Method::bye);
  if (!reason.empty()) bye.add(HeaderId::reason, reason);
  if (!settings_.user_agent.empty()) bye.add(HeaderId::user_agent, settings_.user_agent);
  authorize(bye, Method::bye, dialog_->remote_target());
  bye_transaction_ = send(bye.build());
  unacknowledged_.reset();
  enter(State::ending);
}

void InviteSession::give_up(int status, std::string reason) {
  end(EndedBy::network, status, std::move(reason));
  if (state_ == State::accepted || state_ == State::established) send_bye({});
}

void InviteSession::tell_if_changed(const sdp::Agreement& before) {
  if (media_.audio() && media_.agreement() != before && state_ != State::incoming)
    tell(MediaChanged{*media_.audio()});
}

}  // namespace belfry::sip
