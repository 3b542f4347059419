// What others want of a leg that lives: an API's update, a party's wish to be replaced.
#include "call/referral.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {

base::Result<> Leg::update(LegUpdate update) {
  if (ended() || is_hanging_up()) return base::fail(base::Errc::conflict, "the call is over");
  if (update.end == LegUpdate::End::canceled && answered())
    return base::fail(base::Errc::conflict, "the call has been answered");
  if (update.status_callback) record_.status_callback = std::move(*update.status_callback);
  if (update.time_limit) {
    record_.max_duration = *update.time_limit;
    if (answered()) {
      const base::Duration passed = services_.loop.wall_now() - *record_.answered;
      start_timer(
          duration_timer_, std::max<base::Duration>(record_.max_duration - passed, {}),
          HangupCause::max_duration
      );
    }
  }
  if (update.end != LegUpdate::End::none) {
    note(
        "call.update",
        {{"status", update.end == LegUpdate::End::canceled ? "canceled" : "completed"}}
    );
    hang_up(answered() ? HangupCause::normal : HangupCause::canceled, "ended by the API");
  } else if (update.program) {
    note("call.update", {{"program", update.program->kind}});
    redirect(std::move(*update.program));
  }
  return {};
}

base::Task<base::Result<ReferralProgress>> Leg::refer(std::string target, NamedValues headers) {
  if (!answered() || ended() || !endpoint_)
    co_return base::fail(base::Errc::conflict, "only who has been answered can be referred");
  while (referrals_.try_pop()) {
  }
  BELFRY_CO_CHECK(endpoint_->refer(target, headers));
  note("refer.sent", {{"target", target}});
  ReferralProgress progress;
  while (!progress.over) progress = co_await referrals_.pop();
  note(
      "refer.result",
      {{"answer_status", progress.answer_status}, {"call_status", progress.call_status}}
  );
  co_return progress;
}

void Leg::report_referral(int sip_status) {
  if (endpoint_ && !ended()) endpoint_->report_referral(sip_status);
}

void Leg::on_referral(const ReferralProgress& progress) {
  if (!ended()) referrals_.push(progress);
}

bool Leg::on_refer_request(const std::string& target) {
  if (ended()) return false;
  std::erase_if(referral_handlers_, [](const auto& handler) { return handler.expired(); });
  if (referral_handlers_.empty()) {
    report_error(13802, "the party asked for a transfer, and no referUrl says how");
    return false;
  }
  note("refer.received", {{"target", target}});
  const auto take = referral_handlers_.back().lock();
  (*take)(target);
  return true;
}

}  // namespace belfry::call
