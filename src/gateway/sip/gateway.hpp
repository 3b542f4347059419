#pragma once
#include <memory>
#include <string>
#include <vector>

#include "call/switchboard.hpp"
#include "gateway/sip/agent.hpp"
#include "gateway/sip/bindings.hpp"
#include "gateway/sip/inbound.hpp"
#include "gateway/sip/phones.hpp"
#include "gateway/sip/recorders.hpp"
#include "gateway/sip/registrations.hpp"
#include "gateway/sip/trunk.hpp"

namespace belfry::gateway::sip {

/// SIP as the server sees it: carriers for the dial plan, calls into the switchboard, states for
/// the pages. Without sockets: those are `Sockets`, or a test's network. Control thread.
class Gateway {
 public:
  struct Settings {
    std::vector<belfry::sip::Endpoint> listeners;      // as the transports say
    std::vector<belfry::sip::Endpoint> tls_listeners;  // where we have TLS, if anywhere
    std::string public_host;              // in Via, Contact and From; empty: the first listener's
    std::uint16_t public_port = 0;        // 0: the first listener's
    std::vector<std::string> host_names;  // further names of ours
    std::string media_address;            // in our SDP; empty: the media plane's address
    /// Secrets: 32 random bytes each. The first is stable over a restart (rule R3), the second is
    /// new in each process (rule S4).
    std::string server_key, nonce_key;
    std::string realm = "belfry";
    std::string user_agent = "Belfry";
    std::vector<TrunkSettings> trunks;
    std::vector<PhoneSettings> phones;
    std::vector<RecorderSettings> recorders;
    std::vector<std::string> codecs = {"opus", "G722", "PCMU", "PCMA"};  // in order of preference
    KeysOverPlain keys_over_plain = KeysOverPlain::forbidden;
  };
  /// All outlive the gateway.
  struct Platform {
    base::Loop& loop;
    base::Random& random;
    media::Plane& media;
    Transports& transports;
    BindingTable* bindings = nullptr;  // null: registrations do not outlive the process
    Locate locate;
    EgressCheck egress;  // none: no calls to other hosts
  };

  Gateway(Platform platform, const Settings& settings);

  /// At start, before calls: what the table holds of a phone.
  void restore_bindings(const std::string& user, std::vector<belfry::sip::Binding> bindings);
  /// Into the dial plan, before the switchboard recovers.
  void add_to(call::DialPlan& dial_plan);
  /// Trunks resolve and register, calls may come in.
  void start(call::Switchboard& switchboard);
  /// No new calls; live ones go on (rule R9).
  void drain() { inbound_.drain(); }
  /// Asked for each call that comes in (rule O3).
  void set_overload_check(std::function<bool()> is_overloaded);

  /// What the transports feed; see `Sockets::set_receiver`, `set_exempt`, `set_in_use`.
  TransportReceiver& receiver() { return agent_; }
  bool is_trunk_address(std::string_view ip) const;
  bool uses_connection(std::uint64_t connection) const;

  /// A trunk more, while the gateway runs. @return it, for the dial plan; it stays to the end.
  TrunkCarrier& add_trunk(TrunkSettings settings);

  /// Who may register besides the phones of the settings, from now on.
  void set_added_phones(const std::vector<PhoneSettings>& phones) { phones_.replace_added(phones); }

  /// What SIP domains say of calls to them; it outlives the gateway.
  void set_door(const call::SipDoor& door) {
    inbound_.set_door(door);
    registrations_.set_door(door);
  }

  /// Who else records calls.
  call::OutsideRecorders& recorders() { return recorders_; }

  struct TrunkState {
    std::string name;
    TrunkCarrier::State state;
  };
  std::vector<TrunkState> trunk_states() const;
  std::size_t registered_contacts() const;
  Agent& agent() { return agent_; }

 private:
  std::vector<TrunkCarrier*> trunk_list() const;

  base::Loop& loop_;
  Phones phones_;
  OwnNames names_;
  Bindings bindings_;
  belfry::sip::Registrar registrar_;
  Agent agent_;
  CallContext context_;
  Locate locate_;
  std::vector<std::unique_ptr<TrunkCarrier>> trunks_;
  RegistrationCarrier registrations_;
  Inbound inbound_;
  Recorders recorders_;
};

}  // namespace belfry::gateway::sip
