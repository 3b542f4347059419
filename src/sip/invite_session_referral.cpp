#include "base/text.hpp"
#include "sip/invite_session.hpp"
#include "sip/referral.hpp"

// REFER within the dialog, both ways (RFC 3515, 4488). Rule S2: what Refer-To names is told to the
// owner; nothing is sent there from here.
namespace belfry::sip {

// --- We refer the other end ---

bool InviteSession::refer(
    const std::string& target, const std::vector<std::pair<std::string, std::string>>& headers
) {
  if (state_ != State::established || referral_) return false;
  referral_.emplace(target, headers);
  send_refer();
  return true;
}

void InviteSession::send_refer() {
  MessageBuilder refer = dialog_->request(Method::refer);
  refer.add(HeaderId::refer_to, '<' + one_line(referral_->target) + '>');
  for (const auto& [name, value] : referral_->headers) refer.add(name, value);
  if (!settings_.user_agent.empty()) refer.add(HeaderId::user_agent, settings_.user_agent);
  authorize(refer, Method::refer, dialog_->remote_target());
  referral_->transaction = send(refer.build());
}

void InviteSession::on_refer_response(const Message& response, ChallengeFrom from) {
  if (response.status() < 200) return;
  if (state_ == State::established && retry_with_credentials(response, from)) return send_refer();
  end_referral_request(response.status());
}

void InviteSession::end_referral_request(int status) {
  referral_->transaction = 0;
  tell(ReferAnswered{status});
  if (status >= 300) referral_.reset();
}

void InviteSession::on_notify(TransactionToken transaction, const Message& notify) {
  const auto notice = read_referral_notice(notify);
  if (!notice) {
    MessageBuilder out = respond(notify, 489);
    out.add(HeaderId::allow_events, "refer");
    return outbox_.push_back(SendResponse{transaction, out.build()});
  }
  if (!referral_) return reply(transaction, notify, 481);
  reply(transaction, notify, 200);
  tell(ReferProgress{notice->status, notice->over});
  if (notice->over) referral_.reset();
}

// --- The other end refers us ---

void InviteSession::on_refer(TransactionToken transaction, const Message& refer) {
  if (state_ != State::established) return reply(transaction, refer, 603);
  if (refer_request_) return reply_later(transaction, refer);
  auto target = read_refer_to(refer);
  if (!target) return reply(transaction, refer, target.error().detail);
  const auto cseq = refer.cseq();
  const bool is_silent =
      base::equals_ignoring_case(refer.header(HeaderId::refer_sub).value_or(""), "false");
  refer_request_ = ReferRequest{transaction, refer, cseq ? cseq->number : 0, is_silent};
  tell(ReferRequested{std::move(*target)});
}

void InviteSession::answer_refer(int status) {
  if (!refer_request_ || refer_request_->transaction == 0) return;
  const TransactionToken transaction = std::exchange(refer_request_->transaction, 0);
  MessageBuilder out = respond(refer_request_->message, status);
  out.add(HeaderId::contact, settings_.contact);
  if (refer_request_->is_silent) out.add(HeaderId::refer_sub, "false");
  outbox_.push_back(SendResponse{transaction, out.build()});
  if (status >= 300) return refer_request_.reset();
  if (state_ == State::established) notify_referral(100);
}

void InviteSession::report_referral(int status) {
  if (!refer_request_ || refer_request_->transaction != 0) return;
  if (state_ == State::established) notify_referral(status);
  if (status >= 200) refer_request_.reset();
}

void InviteSession::notify_referral(int status) {
  if (refer_request_->is_silent) return;
  MessageBuilder notify = dialog_->request(Method::notify);
  notify.add(HeaderId::event, "refer;id=" + std::to_string(refer_request_->cseq))
      .add(
          HeaderId::subscription_state,
          status < 200 ? "active;expires=180" : "terminated;reason=noresource"
      );
  authorize(notify, Method::notify, dialog_->remote_target());
  notify.body("message/sipfrag;version=2.0", sipfrag(status));
  (void)send(notify.build());
}

}  // namespace belfry::sip
