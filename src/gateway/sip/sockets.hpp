#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/token_bucket.hpp"
#include "gateway/sip/streams.hpp"
#include "gateway/sip/transports.hpp"
#include "net/udp_socket.hpp"

namespace belfry::gateway::sip {

/// SIP's sockets: one for UDP on each address, TCP beside it, TLS where it is asked for. A source
/// that floods is cut off before its bytes are looked at (rule O4: 200 messages a second, 400 at
/// once; trunks are exempt). Control thread.
class Sockets final : public Transports {
 public:
  using Endpoint = belfry::sip::Endpoint;
  struct Settings {
    std::vector<net::Address> addresses;  // port 0 takes a free one, the same for UDP and TCP
    bool tcp = true;
  };

  /// Opens everything or nothing: Errc::io with the system's reason.
  [[nodiscard]] static base::Result<std::unique_ptr<Sockets>> open(
      net::Driver& driver, const Settings& settings
  );

  /// TLS too. @param certificate ours, outlives this
  [[nodiscard]] base::Result<Endpoint> listen_tls(
      const net::Address& address, const net::TlsContext& certificate
  );
  /// TLS to others. @param authorities whose certificates we believe, outlives this
  void set_authorities(const net::TlsContext& authorities);

  /// Must be called before the loop turns; until then everything is dropped.
  void set_receiver(TransportReceiver* receiver) { receiver_ = receiver; }
  void set_exempt(std::function<bool(std::string_view ip)> is_exempt) {
    is_exempt_ = std::move(is_exempt);
  }
  void set_in_use(std::function<bool(std::uint64_t connection)> is_in_use) {
    is_in_use_ = std::move(is_in_use);
  }
  /// Where we listen, for UDP; TCP is on the same.
  const std::vector<belfry::sip::Endpoint>& listeners() const { return listeners_; }

  // Transports
  void send(const belfry::sip::Flow& flow, std::string bytes) override;
  std::optional<belfry::sip::Flow> flow_to(
      belfry::sip::Transport transport, const belfry::sip::Endpoint& remote
  ) const override;

 private:
  explicit Sockets(net::Driver& driver);
  base::Result<> open_on(const net::Address& address, bool tcp);
  bool lets_in(const belfry::sip::Flow& flow);
  void receive(const belfry::sip::Flow& flow, std::span<const std::byte> bytes);

  net::Driver& driver_;
  TransportReceiver* receiver_ = nullptr;
  std::function<bool(std::string_view)> is_exempt_;
  std::function<bool(std::uint64_t)> is_in_use_;
  base::KeyedBuckets flood_limit_{400, std::chrono::seconds(2)};
  std::vector<belfry::sip::Endpoint> listeners_;
  std::vector<net::UdpSocket> udp_;  // in the order of listeners_
  bool has_tcp_ = false, opens_tls_ = false;
  Streams streams_;
};

}  // namespace belfry::gateway::sip
