#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "net/address.hpp"
#include "net/driver.hpp"

namespace belfry::net {

struct SrvRecord {
  std::string host;
  std::uint16_t port = 0;
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
};

/// RFC 2782: by priority, within one at random by weight; weight 0 comes last but for a little.
std::vector<SrvRecord> order_by_weight(std::vector<SrvRecord> records, base::Random& random);

enum class SipTransport { udp, tcp, tls };

/// Where a SIP request may be sent, best first.
struct SipTarget {
  SipTransport transport = SipTransport::udp;
  Address address;
};

/// DNS without blocking the control thread. Numeric hosts and `localhost` need no server. Answers
/// are not cached: ask a local resolver. Destroying a task forgets its question.
class Resolver {
 public:
  struct Settings {
    std::vector<Address> servers;                      // none: those of /etc/resolv.conf
    base::Duration timeout = std::chrono::seconds(2);  // of one try; the next server waits longer
    int tries = 2;
  };
  Resolver(Driver& driver, base::Random& random, Settings settings);
  ~Resolver();

  /// A and AAAA, IPv4 first. Errc::not_found, Errc::timed_out, Errc::io.
  base::Task<base::Result<std::vector<IpAddress>>> addresses(std::string host);
  /// As the server wrote them; Errc::not_found when there are none.
  base::Task<base::Result<std::vector<SrvRecord>>> services(std::string name);
  /// RFC 3263 §4 without NAPTR: a numeric host or a port means A/AAAA; else SRV for the transport
  /// (none given: UDP, then TCP), then A/AAAA with the default port (5060, 5061 for TLS).
  base::Task<base::Result<std::vector<SipTarget>>> sip_targets(
      std::string host, std::optional<std::uint16_t> port, std::optional<SipTransport> transport
  );

 private:
  struct State;
  base::Task<base::Result<std::vector<SipTarget>>> targets_of_services(
      std::string host, SipTransport transport
  );
  base::Random& random_;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::net
