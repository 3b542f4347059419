#include "sip/invite_session.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "sip/reason.hpp"

namespace belfry::sip {

namespace {

constexpr std::string_view allowed_methods =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, REFER, NOTIFY";
constexpr std::string_view recording_option = "siprec";  // RFC 7866 section 6.1.2

bool is_supported(std::string_view option) {
  return base::equals_ignoring_case(option, "timer") ||
         base::equals_ignoring_case(option, "100rel") ||
         base::equals_ignoring_case(option, "replaces");
}
constexpr std::string_view supported_options = "timer, 100rel, replaces";

std::string_view name_of(InviteSession::State state) {
  using enum InviteSession::State;
  switch (state) {
    case calling:
      return "calling";
    case proceeding:
      return "proceeding";
    case cancelling:
      return "cancelling";
    case incoming:
      return "incoming";
    case accepted:
      return "accepted";
    case established:
      return "established";
    case ending:
      return "ending";
    case ended:
      return "ended";
  }
  return "";
}

}  // namespace

InviteSession::InviteSession(Settings settings, base::Random& random)
    : settings_(std::move(settings)),
      random_(random),
      media_(settings_.media, settings_.sdp_session_id),
      timer_(settings_.session_timer) {
  if (settings_.credentials) digest_.emplace(*settings_.credentials, random_);
}

void InviteSession::enter(State next) {
  base::log::debug(
      "sip.session.state", {{"call_id", call_id_}, {"from", name_of(state_)}, {"to", name_of(next)}}
  );
  state_ = next;
  if (next == State::ending || next == State::ended) {
    timer_.stop();
    modify_again_at_.reset();
    provisional_again_at_.reset();
    offer_wanted_ = false;
  }
  if (next == State::ended) {
    unconfirmed_.reset();
    unacknowledged_.reset();
    modify_.reset();
  }
}

void InviteSession::end(
    EndedBy by, int status, std::string reason, int cause, ExtensionHeaders headers
) {
  if (told_end_) return;
  told_end_ = true;
  events_.push_back(Ended{by, status, std::move(reason), cause, std::move(headers)});
}

/// Nothing comes after the end, though ACK and BYE may still be under way.
void InviteSession::tell(SessionEvent event) {
  if (!told_end_) events_.push_back(std::move(event));
}

void InviteSession::end_by(EndedBy by, int status, const Message& message) {
  const Reason reason = read_reason(message);
  end(by, status, reason.text.empty() ? std::string(message.reason()) : reason.text, reason.q850,
      extension_headers(message));
}

void InviteSession::hang_up(std::string_view reason) {
  hang_up_reason_ = reason;
  switch (state_) {
    case State::calling:
    case State::proceeding:
      end(EndedBy::us, 487, std::string(reason));
      enter(State::cancelling);
      outbox_.push_back(SendCancel{invite_transaction_, hang_up_reason_});
      return;
    case State::incoming:
      return reject(603, reason);
    case State::accepted:
      // No BYE before the ACK (RFC 3261 section 15).
      bye_wanted_ = true;
      return end(EndedBy::us, 200, std::string(reason));
    case State::established:
      end(EndedBy::us, 200, std::string(reason));
      return send_bye(reason);
    case State::cancelling:
    case State::ending:
    case State::ended:
      return;
  }
}

void InviteSession::set_direction(sdp::Direction wanted, base::Instant now) {
  if (wanted == direction_) return;
  direction_ = wanted;
  if (state_ == State::ending || state_ == State::ended || state_ == State::cancelling) return;
  // Before the answer of an incoming call, the answer itself will say it.
  if (state_ == State::incoming && media_.audio() && !provisional_media_) return;
  offer_wanted_ = true;
  modify_retries_ = 0;
  modify_when_possible(now);
}

void InviteSession::handle_response(
    TransactionToken transaction, const Message& response, ChallengeFrom from, base::Instant now
) {
  if (transaction == 0) return;
  if (transaction == invite_transaction_ && we_called_)
    return on_invite_response(response, from, now);
  if (modify_ && transaction == modify_->transaction)
    return on_modify_response(response, from, now);
  if (referral_ && transaction == referral_->transaction) return on_refer_response(response, from);
  const auto cseq = response.cseq();
  if (cseq && cseq->method() == Method::invite && response.status() / 100 == 2) {
    if (const auto ack = acks_.find(cseq->number); ack != acks_.end())
      outbox_.push_back(ack->second);  // our ACK was lost
    return;
  }
  if (transaction != bye_transaction_ || response.status() < 200) return;
  if (state_ == State::ending && retry_with_credentials(response, from)) return send_bye({});
  if (state_ == State::ending) enter(State::ended);
}

void InviteSession::handle_failure(TransactionToken transaction, int status, base::Instant now) {
  if (transaction == 0 || state_ == State::ended) return;
  if (transaction == bye_transaction_) return enter(State::ended);
  if (modify_ && transaction == modify_->transaction) {
    modify_.reset();
    media_.abandon_offer();
    if (state_ == State::established) give_up(status, "re-INVITE was not answered");
    return;
  }
  if (referral_ && transaction == referral_->transaction) return end_referral_request(408);
  if (transaction != invite_transaction_ || !we_called_) return;
  if (state_ != State::calling && state_ != State::proceeding && state_ != State::cancelling)
    return;
  end(EndedBy::network, status, "INVITE was not answered");
  linger_until_ = now + patience();
  enter(State::ended);
}

void InviteSession::handle_timeout(base::Instant now) {
  if (unacknowledged_) {
    Unacknowledged& answer = *unacknowledged_;
    answer.repeat.handle_timeout(now);
    if (answer.repeat.poll_transmit())
      outbox_.push_back(SendResponse{answer.transaction, answer.response});
    if (answer.repeat.poll_event()) {
      unacknowledged_.reset();
      give_up(408, "no ACK");
    }
  }
  repeat_unconfirmed(now);
  if (provisional_again_at_ && now >= *provisional_again_at_)
    send_provisional(provisional_status_, provisional_media_ && last_rseq_ == 0, now);
  if (modify_ && now >= modify_->give_up_at) {
    modify_.reset();
    media_.abandon_offer();
    if (state_ == State::established) give_up(408, "re-INVITE was not answered");
  }
  if (modify_again_at_ && now >= *modify_again_at_) {
    modify_again_at_.reset();
    modify_when_possible(now);
  }
  if (state_ != State::established) return;
  switch (timer_.due(now)) {
    case SessionTimer::Due::nothing:
      return;
    case SessionTimer::Due::refresh:
      return refresh(now);
    case SessionTimer::Due::expired:
      return give_up(408, "session timer expired");
  }
}

std::optional<base::Instant> InviteSession::next_timeout() const {
  std::optional<base::Instant> next;
  const auto consider = [&](std::optional<base::Instant> when) {
    if (when && (!next || *when < *next)) next = when;
  };
  consider(provisional_again_at_);
  if (unconfirmed_) consider(unconfirmed_->repeat.next_timeout());
  consider(modify_again_at_);
  if (unacknowledged_) consider(unacknowledged_->repeat.next_timeout());
  if (modify_) consider(modify_->give_up_at);
  if (state_ == State::established) consider(timer_.next_timeout());
  return next;
}

std::optional<SessionTransmit> InviteSession::poll_transmit() {
  if (outbox_.empty()) return std::nullopt;
  SessionTransmit next = std::move(outbox_.front());
  outbox_.pop_front();
  return next;
}

std::optional<SessionEvent> InviteSession::poll_event() {
  if (events_.empty()) return std::nullopt;
  SessionEvent next = std::move(events_.front());
  events_.pop_front();
  return next;
}

std::optional<DialogSnapshot> InviteSession::snapshot() const {
  if (dialog_) return dialog_->snapshot();
  if (!early_.empty()) return early_.back().dialog.snapshot();
  return std::nullopt;
}

MessageBuilder InviteSession::respond(const Message& request, int status, std::string_view reason)
    const {
  MessageBuilder out = response_to(request, status, settings_.local_tag, reason);
  if (!settings_.user_agent.empty()) out.add(HeaderId::server, settings_.user_agent);
  if (status == 405 || status == 501) out.add(HeaderId::allow, allowed_methods);
  if (status == 415) out.add(HeaderId::accept, "application/sdp");
  return out;
}

void InviteSession::reply(TransactionToken transaction, const Message& request, int status) {
  outbox_.push_back(SendResponse{transaction, respond(request, status).build()});
}

void InviteSession::reply_later(TransactionToken transaction, const Message& request) {
  MessageBuilder out = respond(request, 500);
  out.add(HeaderId::retry_after, random_.below(11));  // RFC 3261 section 14.2
  outbox_.push_back(SendResponse{transaction, out.build()});
}

bool InviteSession::refuse_extensions(TransactionToken transaction, const Message& request) {
  std::string unknown;
  const bool records = !settings_.media.tracks.empty();
  const auto required = request.values(HeaderId::require);
  if (required)
    for (const std::string_view option : *required)
      if (!is_supported(option) &&
          !(records && base::equals_ignoring_case(option, recording_option)))
        unknown.append(unknown.empty() ? "" : ", ").append(option);
  if (unknown.empty()) return false;
  MessageBuilder out = respond(request, 420);
  out.add(HeaderId::unsupported, unknown);
  outbox_.push_back(SendResponse{transaction, out.build()});
  return true;
}

bool InviteSession::refuse_short_timer(TransactionToken transaction, const Message& request) {
  if (!timer_.is_too_short(request)) return false;
  MessageBuilder out = respond(request, 422);
  out.add(HeaderId::min_se, timer_.minimum());
  outbox_.push_back(SendResponse{transaction, out.build()});
  return true;
}

void InviteSession::add_abilities(MessageBuilder& builder) {
  builder.add(HeaderId::allow, allowed_methods).add(HeaderId::supported, supported_options);
}

void InviteSession::add_timer_headers(MessageBuilder& builder) const {
  add_abilities(builder);
  builder.add(HeaderId::session_expires, timer_.request_value())
      .add(HeaderId::min_se, timer_.minimum());
  if (!settings_.user_agent.empty()) builder.add(HeaderId::user_agent, settings_.user_agent);
}

/// What a 2xx to INVITE or UPDATE carries besides its body.
void InviteSession::add_answer_headers(
    MessageBuilder& builder, const Message& request, base::Instant now
) {
  add_abilities(builder.add(HeaderId::contact, settings_.contact));
  const auto expires = timer_.answer(request, now);
  if (!expires) return;
  builder.add(HeaderId::session_expires, *expires);
  if (!timer_.we_refresh()) builder.add(HeaderId::require, "timer");  // RFC 4028 section 9
}

void InviteSession::authorize(MessageBuilder& builder, Method method, std::string_view uri) {
  if (!digest_) return;
  if (const auto header = digest_->authorize(to_string(method), uri))
    builder.add(header->id, header->value);
}

TransactionToken InviteSession::send(Message message) {
  outbox_.push_back(SendRequest{++last_token_, std::move(message), next_branch()});
  return last_token_;
}

void InviteSession::acknowledge(Dialog& dialog, std::uint32_t cseq) {
  SendAck ack{dialog.request(Method::ack, cseq).build(), next_branch()};
  outbox_.push_back(ack);
  acks_.insert_or_assign(cseq, std::move(ack));
  if (acks_.size() > 2) acks_.erase(acks_.begin());
}

std::string InviteSession::next_branch() {
  const std::uint32_t number = branches_++;
  return number == 0 ? settings_.branch : settings_.branch + '.' + std::to_string(number);
}

}  // namespace belfry::sip
