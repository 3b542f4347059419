#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace belfry::sip {

enum class Transport : std::uint8_t { udp, tcp, tls };
/// As Via writes it: `UDP`, `TCP`, `TLS`.
std::string_view to_string(Transport transport);
constexpr bool is_reliable(Transport transport) {
  return transport != Transport::udp;
}

/// A numeric IP address (IPv6 without brackets) and a port.
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};
/// `192.0.2.1:5060`, `[2001:db8::1]:5060`.
std::string to_string(const Endpoint& endpoint);

/// The way a message came or goes. For UDP `local` names the socket, so that answers leave from
/// where the question came in; for streams `connection` does, and 0 asks the owner of the sockets
/// to open or reuse a connection to `remote`.
struct Flow {
  Transport transport = Transport::udp;
  Endpoint local;
  Endpoint remote;
  std::uint64_t connection = 0;
  /// TLS: whom the certificate of a connection that we open must name (RFC 5922). A peer that came
  /// to us has none, and is not called back when its connection has gone (RFC 5626).
  std::string certified_host = {};
  auto operator<=>(const Flow&) const = default;
};

}  // namespace belfry::sip
