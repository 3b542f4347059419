#pragma once
#include <functional>

#include "call/leg.hpp"

namespace belfry::call {

/// Takes a party's request to be replaced by somebody else (an incoming REFER) while it lives; the
/// newest of a leg's handlers is asked. Answer it by `Leg::report_referral`. It may outlive the
/// leg.
class ReferralHandler {
 public:
  using Take = std::function<void(const std::string& target)>;

  ReferralHandler(Leg& leg, Take take) : take_(std::make_shared<Take>(std::move(take))) {
    leg.referral_handlers_.push_back(take_);
  }
  ReferralHandler(const ReferralHandler&) = delete;
  ReferralHandler& operator=(const ReferralHandler&) = delete;

 private:
  std::shared_ptr<Take> take_;  // the leg holds it weakly
};

}  // namespace belfry::call
