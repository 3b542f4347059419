#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call/sip_door.hpp"
#include "call/switchboard.hpp"
#include "gateway/sip/agent.hpp"
#include "gateway/sip/bindings.hpp"
#include "gateway/sip/endpoint.hpp"
#include "gateway/sip/own_names.hpp"
#include "gateway/sip/phones.hpp"
#include "gateway/sip/trunk.hpp"
#include "sip/digest_server.hpp"
#include "sip/referral.hpp"
#include "sip/registrar.hpp"

namespace belfry::gateway::sip {

/// What may come in from outside any call, and who says so (rules S1 to S8): phones by digest,
/// trunks by address, guests of a SIP domain by the domain's addresses. Everybody else gets an
/// answer that costs little, tells nothing, and is not remembered (S3). Control thread.
class Inbound final : public StrangerHandler {
 public:
  struct Parts {
    const Phones& phones;
    const OwnNames& names;
    belfry::sip::Registrar& registrar;
    Bindings& bindings;
    BindingTable* table;  // null: bindings do not outlive the process
    std::vector<TrunkCarrier*> trunks;
  };
  Inbound(const CallContext& context, Parts parts, belfry::sip::DigestServer::Settings digest);

  /// Until then calls are refused with 503.
  void connect(call::Switchboard& switchboard) { switchboard_ = &switchboard; }
  /// What SIP domains say of calls to them; it outlives this. None: there are no domains.
  void set_door(const call::SipDoor& door) { door_ = &door; }
  /// Calls that come from it are taken from now on.
  void add_trunk(TrunkCarrier& trunk) { parts_.trunks.push_back(&trunk); }
  /// New calls and OPTIONS get 503 from now on (rule R9).
  void drain() { draining_ = true; }
  /// Asked for each new call before it costs anything (rule O3).
  void set_overload_check(std::function<bool()> is_overloaded) {
    is_overloaded_ = std::move(is_overloaded);
  }

  // StrangerHandler
  std::optional<belfry::sip::TransactionLayer::Sender> lets_in(
      const belfry::sip::Flow& flow, std::span<const std::byte> bytes
  ) override;
  void on_request(
      belfry::sip::ServerId transaction, const belfry::sip::Message& request,
      const belfry::sip::Flow& flow
  ) override;

 private:
  /// A request on its way through the checks. Valid during `on_request`.
  struct Visit {
    belfry::sip::ServerId transaction;
    const belfry::sip::Message& request;
    const belfry::sip::Flow& flow;
  };
  struct Caller {
    call::IncomingCall::Source source;
    std::string from;
    std::string carrier;
    TrunkCarrier* trunk = nullptr;
    std::string user = {};  // of a registered phone
    belfry::sdp::Encryption encryption = belfry::sdp::Encryption::off;
    std::string owner = {};    // see `SessionDriver::set_owner`
    std::string country = {};  // how national numbers are read; empty: they stay
  };

  void refuse(
      const Visit& visit, int status, const std::vector<belfry::sip::Refusal::Line>& more = {}
  );
  void challenge(const Visit& visit, bool stale);
  /// The user, or nothing after a challenge was sent.
  std::optional<std::string> authenticate(const Visit& visit);
  TrunkCarrier* trunk_of(const belfry::sip::Flow& flow) const;
  void on_options(const Visit& visit);
  void on_register(const Visit& visit);
  base::Task<void> save_and_answer(
      std::string user, std::vector<belfry::sip::Binding> bindings,
      belfry::sip::ServerId transaction, belfry::sip::Message request, belfry::sip::Message response
  );
  void on_invite(const Visit& visit);
  call::SipDoor::Answer ask_door(const Visit& visit) const;
  Caller guest_caller(const Visit& visit) const;
  void take_call(const Visit& visit, const Caller& caller);
  void replace_call(
      const Visit& visit, const Caller& caller, const belfry::sip::Replaces& replaces
  );
  SessionDriver* open_session(
      const Visit& visit, std::uint16_t media_port, belfry::sdp::Encryption encryption
  );
  base::Result<std::string> hand_over(
      const Visit& visit, const Caller& caller, SessionDriver& driver,
      media::Plane::NetworkSeat seat
  );
  Caller trunk_caller(const belfry::sip::Message& invite, TrunkCarrier& trunk) const;

  CallContext context_;
  Parts parts_;
  belfry::sip::DigestServer digest_;
  call::Switchboard* switchboard_ = nullptr;
  const call::SipDoor* door_ = nullptr;
  std::function<bool()> is_overloaded_;
  bool draining_ = false;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::gateway::sip
