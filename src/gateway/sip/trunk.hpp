#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call/endpoint.hpp"
#include "gateway/sip/endpoint.hpp"
#include "gateway/sip/locating.hpp"
#include "gateway/sip/trunk_queue.hpp"
#include "gateway/sip/trunk_registration.hpp"

namespace belfry::gateway::sip {

struct TrunkSettings {
  std::string name;
  std::string host;  // name or address; a name without port may have SRV records
  std::optional<std::uint16_t> port;
  belfry::sip::Transport transport = belfry::sip::Transport::udp;
  std::string username;  // with `password`: digest
  std::string password;
  bool register_out = false;
  std::uint32_t max_calls_per_second = 5;
  std::uint32_t max_channels = 30;
  belfry::sdp::Encryption encryption = belfry::sdp::Encryption::off;
  std::string country;  // ISO 3166-1: how its national numbers are read; empty: they stay
  std::size_t max_waiting = 100;
};

/// A carrier's SIP peer, with all its addresses: calls go to the first that lives, the next is
/// tried when one is silent or overloaded. Each is asked with OPTIONS every 30 s, the first time 30
/// s after the start. Control thread.
class TrunkCarrier final : public call::Carrier {
 public:
  TrunkCarrier(const CallContext& context, TrunkSettings settings, Locate locate);

  /// Resolves, asks for health, registers; goes on until it is destroyed.
  void start();

  // call::Carrier
  std::string_view name() const override { return settings_.name; }
  bool available() const override;
  /// Telephone numbers only. Beyond the trunk's limits a call waits, see `TrunkQueue`;
  /// Errc::unavailable when too many do.
  base::Result<std::unique_ptr<call::Endpoint>> open(
      const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
  ) override;

  /// A request that came in on `flow` is the trunk's: its IP address, over TLS when that is how it
  /// is called; on loopback, which all programs of the machine share, also its port.
  bool is_source(const belfry::sip::Flow& flow) const;
  bool has_address(std::string_view ip) const;
  belfry::sdp::Encryption encryption() const { return settings_.encryption; }
  /// For a call that came in; counted with those that go out.
  TrunkQueue::Place take_inbound_channel() { return queue_.occupy(); }
  const std::string& country() const { return settings_.country; }

  struct State {
    std::string summary;  // "up", "down", "resolving"; with register: "up, registered"
    std::size_t channels_in_use = 0;
    std::size_t calls_waiting = 0;
    std::vector<std::string> addresses;
  };
  State state() const;

 private:
  struct Peer {
    belfry::sip::Flow flow;
    bool up = true;  // believed until OPTIONS or a call says otherwise
  };

  std::optional<belfry::sip::Flow> flow_to(
      belfry::sip::Transport transport, const belfry::sip::Endpoint& remote
  ) const;
  base::Task<void> watch();
  void take_targets(const std::vector<net::SipTarget>& targets);
  void ask_for_health(std::size_t index);
  void set_up(const belfry::sip::Endpoint& remote, bool up);
  void make_registration();
  std::vector<Target> targets_for(const std::string& number) const;
  std::string uri_of(std::string_view user) const;

  CallContext context_;
  TrunkSettings settings_;
  Locate locate_;
  std::vector<Peer> peers_;
  TrunkQueue queue_;
  std::unique_ptr<TrunkRegistration> registration_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // shared with answers on their way
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

/// A From value for whoever calls: a number, `sip:user@host` or `client:name`, at our host.
std::string caller_header(const std::string& caller, const std::string& host);

}  // namespace belfry::gateway::sip
