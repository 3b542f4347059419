#pragma once
#include <memory>
#include <string>

#include "call/endpoint.hpp"
#include "call/sip_door.hpp"
#include "gateway/sip/endpoint.hpp"
#include "gateway/sip/locating.hpp"
#include "gateway/sip/own_names.hpp"
#include "gateway/sip/phones.hpp"
#include "gateway/sip/trunk.hpp"
#include "sip/registrar.hpp"

namespace belfry::gateway::sip {

/// The carrier "registration": `sip:` parties and the numbers of phones. A user of ours rings at
/// all contacts at once; another `sip:` URI is called directly where the egress policy lets us.
/// Control thread.
class RegistrationCarrier final : public call::Carrier {
 public:
  struct Parts {
    const Phones& phones;
    const belfry::sip::Registrar& registrar;
    const OwnNames& names;
  };
  RegistrationCarrier(const CallContext& context, Parts parts, Locate locate, EgressCheck egress);

  /// Parties at the names of SIP domains are their registered users; it outlives this.
  void set_door(const call::SipDoor& door) { door_ = &door; }

  std::string_view name() const override { return "registration"; }
  bool available() const override { return true; }
  /// @return Errc::not_found for a user who is unknown or not registered, Errc::refused where the
  /// egress policy forbids it.
  base::Result<std::unique_ptr<call::Endpoint>> open(
      const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
  ) override;

 private:
  base::Result<OutgoingPlan> plan_for_user(const std::string& user) const;
  base::Result<OutgoingPlan> plan_for_uri(const belfry::sip::Uri& uri) const;
  base::Result<OutgoingPlan> plan_for(const call::Party& party) const;

  CallContext context_;
  Parts parts_;
  Locate locate_;
  EgressCheck egress_;
  const call::SipDoor* door_ = nullptr;
};

}  // namespace belfry::gateway::sip
