#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/sip/gateway.hpp"
#include "gateway/sip/sockets.hpp"
#include "identity/keys.hpp"
#include "net/egress_policy.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"
#include "server/config/config.hpp"
#include "server/system.hpp"
#include "store/store.hpp"

namespace belfry::server {

/// SIP on real sockets: trunks and phones of the configuration, joined to a `System`. Control
/// thread.
class Telephony {
 public:
  struct Platform {
    net::Driver& driver;
    base::Random& random;
    store::Store& store;
    gateway::media::Plane& media;
    const net::EgressPolicy& egress;
    const net::TlsContext& certificate;
  };
  /// Opens the sockets. @return Errc::io when the port is taken.
  static base::Result<std::unique_ptr<Telephony>> open(
      Platform platform, const Config& config, const net::IpAddress& local,
      const identity::Keys& keys
  );

  /// Before the system starts: its calls may have to be taken up again.
  void add_to(System& system) {
    gateway_->add_to(system.dial_plan());
    system.siprec().set_recorders(&gateway_->recorders());
  }
  /// Registered phones are known again, trunks are asked, calls may come in.
  base::Task<base::Result<>> start(System& system);
  void drain() { gateway_->drain(); }
  void set_overload_check(std::function<bool()> is_overloaded) {
    gateway_->set_overload_check(std::move(is_overloaded));
  }

  const std::vector<sip::Endpoint>& listeners() const { return sockets_->listeners(); }
  bool has_tcp() const { return has_tcp_; }
  const std::vector<sip::Endpoint>& tls_listeners() const { return tls_listeners_; }
  gateway::sip::Gateway& gateway() { return *gateway_; }
  std::size_t registered_phones() const { return gateway_->registered_contacts(); }

 private:
  class StoredBindings;
  explicit Telephony(Platform platform);
  void make_gateway(
      const Config& config, const identity::Keys& keys,
      std::vector<gateway::sip::RecorderSettings> recorders
  );
  base::Result<> open_tls(const Config& config, const net::IpAddress& local);

  Platform platform_;
  net::Resolver resolver_;
  std::unique_ptr<gateway::sip::BindingTable> bindings_;
  std::optional<net::TlsContext> authorities_;
  std::vector<sip::Endpoint> tls_listeners_;
  std::unique_ptr<gateway::sip::Sockets> sockets_;
  std::unique_ptr<gateway::sip::Gateway> gateway_;
  bool has_tcp_ = false;
};

}  // namespace belfry::server
