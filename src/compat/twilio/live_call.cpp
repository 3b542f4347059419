#include "compat/twilio/live_call.hpp"

namespace belfry::compat::twilio {

base::Task<std::expected<call::Leg*, http::Response>> find_live_call(
    const Context& context, const Ask& ask
) {
  std::string sid = ask.param("CallSid");
  if (call::Leg* leg = context.switchboard.find(sid)) {
    if (leg->record().account_sid != ask.account.sid) co_return std::unexpected(ask.not_found());
    if (leg->answered() && !leg->ended()) co_return leg;
    co_return std::unexpected(refusal(21220, "Call is not in-progress"));
  }
  const auto stored = co_await context.journal().find_leg(std::move(sid));
  if (!stored) co_return std::unexpected(refusal(stored.error()));
  const bool known = *stored && (*stored)->account_sid == ask.account.sid;
  if (!known) co_return std::unexpected(ask.not_found());
  co_return std::unexpected(refusal(21220, "Call is not in-progress"));
}

}  // namespace belfry::compat::twilio
