#include "base/log.hpp"
#include "gateway/sip/endpoint.hpp"

// How a party changes while its call goes on: REFER (RFC 3515) and Replaces (RFC 3891).
namespace belfry::gateway::sip {

using namespace belfry::sip;

base::Result<> SipEndpoint::refer(const std::string& target, const call::NamedValues& headers) {
  const bool ready = answered_ && !ended_ && !own_cause_ && drivers_.size() == 1;
  referral_ = {};
  if (!ready || !drivers_.front()->refer(target, headers))
    return base::fail(base::Errc::conflict, "the party cannot be referred now");
  return {};
}

void SipEndpoint::report_referral(int sip_status) {
  if (!drivers_.empty()) drivers_.front()->report_referral(sip_status);
}

void SipEndpoint::on_referral_event(SessionDriver& driver, const SessionEvent& event) {
  if (const auto* answer = std::get_if<ReferAnswered>(&event)) {
    referral_.answer_status = answer->status;
    referral_.over = answer->status >= 300;
    listener_.on_referral(referral_);
  } else if (const auto* progress = std::get_if<ReferProgress>(&event)) {
    if (referral_.answer_status == 0) referral_.answer_status = 202;  // NOTIFY overtook it
    if (progress->status != 0) referral_.call_status = progress->status;
    referral_.over = progress->over;
    listener_.on_referral(referral_);
  } else if (const auto* wish = std::get_if<ReferRequested>(&event)) {
    driver.answer_refer(listener_.on_refer_request(wish->target) ? 202 : 603);
  }
}

std::optional<std::uint16_t> SipEndpoint::replaceable() const {
  const bool ready = answered_ && !ended_ && !own_cause_ && drivers_.size() == 1;
  return ready ? std::optional(seat_.port) : std::nullopt;
}

void SipEndpoint::replace(SessionDriver& with) {
  SessionDriver* before = std::exchange(drivers_, {&with}).front();
  before->set_observer(nullptr);
  before->hang_up(R"(SIP;cause=200;text="Call replaced")");
  before->release();
  stored_.invites.clear();
  base::log::info("sip.replaced", {{"peer", to_string(with.flow().remote)}});
  with.set_observer(this);
  with.answer();
  // Rule R3: from here on it is this dialog that a restart has to end.
  tell_state(&with);
}

}  // namespace belfry::gateway::sip
