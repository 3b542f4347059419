#include "gateway/sip/sockets.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace belfry::gateway::sip {
namespace {

using belfry::sip::Endpoint;
using belfry::sip::Flow;
using belfry::sip::Transport;

Endpoint to_endpoint(const net::Address& address) {
  return {address.ip.to_string(), address.port};
}

bool is_v6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

}  // namespace

Sockets::Sockets(net::Driver& driver)
    : driver_(driver),
      streams_(
          driver,
          {[this](const Flow& flow, std::span<const std::byte> bytes) { receive(flow, bytes); },
           [this](const Flow& flow) {
             if (receiver_ != nullptr) receiver_->on_transport_failure(flow);
           },
           [this](std::uint64_t connection) { return is_in_use_ && is_in_use_(connection); }}
      ) {}

base::Result<std::unique_ptr<Sockets>> Sockets::open(
    net::Driver& driver, const Settings& settings
) {
  std::unique_ptr<Sockets> made(new Sockets(driver));
  for (const net::Address& address : settings.addresses) {
    auto opened = made->open_on(address, settings.tcp);
    // A free UDP port may be taken for TCP: then another one.
    for (int tries = 1; !opened && address.port == 0 && tries < 8; ++tries)
      opened = made->open_on(address, settings.tcp);
    if (!opened) return base::fail(opened.error());
  }
  return made;
}

base::Result<> Sockets::open_on(const net::Address& address, bool tcp) {
  // The socket's own address is known after the bind, its callback is not called before.
  const std::size_t index = listeners_.size();
  auto socket = net::UdpSocket::bind(
      driver_, address,
      [this, index](const net::Address& from, std::span<const std::byte> bytes) {
        receive({Transport::udp, listeners_[index], to_endpoint(from), 0}, bytes);
      }
  );
  if (!socket) return base::fail(socket.error());
  const net::Address bound = socket->local();
  if (tcp) {
    const auto listening = streams_.listen(bound);
    if (!listening) return base::fail(listening.error());
    has_tcp_ = true;
  }
  listeners_.push_back(to_endpoint(bound));
  udp_.push_back(std::move(*socket));
  return {};
}

base::Result<Endpoint> Sockets::listen_tls(
    const net::Address& address, const net::TlsContext& certificate
) {
  BELFRY_TRY(bound, streams_.listen(address, &certificate));
  return to_endpoint(bound);
}

void Sockets::set_authorities(const net::TlsContext& authorities) {
  streams_.set_authorities(authorities);
  opens_tls_ = true;
}

bool Sockets::lets_in(const Flow& flow) {
  if (is_exempt_ && is_exempt_(flow.remote.address)) return true;
  if (!flood_limit_.take(flow.remote.address, driver_.loop().now())) return true;
  static auto& dropped = base::metrics::counter(
      "belfry_sip_dropped_total", "SIP messages not answered at all", {{"why", "flood"}}
  );
  dropped.add();
  return false;
}

void Sockets::receive(const Flow& flow, std::span<const std::byte> bytes) {
  if (receiver_ != nullptr && lets_in(flow)) receiver_->on_message(flow, bytes);
}

void Sockets::send(const Flow& flow, std::string bytes) {
  if (flow.transport != Transport::udp) return streams_.send(flow, std::move(bytes));
  const auto to = net::Address::from(flow.remote.address, flow.remote.port);
  std::size_t index = 0;
  while (index < listeners_.size() && listeners_[index] != flow.local) ++index;
  if (!to || index == listeners_.size()) {
    driver_.loop().post([this, flow] {
      if (receiver_ != nullptr) receiver_->on_transport_failure(flow);
    });
    return;
  }
  const auto sent = udp_[index].send(*to, std::as_bytes(std::span(bytes.data(), bytes.size())));
  // A full queue is a lost packet; the transaction repeats it.
  if (sent || sent.error().code == base::Errc::unavailable) return;
  base::log::debug("sip.send_failed", {{"why", sent.error().message}});
  driver_.loop().post([this, flow] {
    if (receiver_ != nullptr) receiver_->on_transport_failure(flow);
  });
}

std::optional<Flow> Sockets::flow_to(Transport transport, const Endpoint& remote) const {
  const bool cannot =
      (transport == Transport::tls && !opens_tls_) || (transport == Transport::tcp && !has_tcp_);
  if (cannot) return std::nullopt;
  for (const Endpoint& listener : listeners_)
    if (is_v6(listener.address) == is_v6(remote.address))
      return Flow{transport, listener, remote, 0};
  return std::nullopt;
}

}  // namespace belfry::gateway::sip
