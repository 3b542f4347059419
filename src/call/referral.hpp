#pragma once
#include <functional>

#include "call/leg.hpp"

namespace belfry::call {

/// Takes a party's request to be replaced by somebody else (an incoming REFER) while it lives; the
/// newest of a leg's handlers is asked. Answer it by `Leg::report_referral`. The leg outlives it.
class ReferralHandler {
 public:
  using Take = std::function<void(const std::string& target)>;

  ReferralHandler(Leg& leg, Take take) : leg_(leg), take_(std::move(take)) {
    leg_.referral_handlers_.push_back(this);
  }
  ReferralHandler(const ReferralHandler&) = delete;
  ReferralHandler& operator=(const ReferralHandler&) = delete;
  ~ReferralHandler() { std::erase(leg_.referral_handlers_, this); }

  /// For `Leg`.
  void take(const std::string& target) const { take_(target); }

 private:
  Leg& leg_;
  Take take_;
};

}  // namespace belfry::call
