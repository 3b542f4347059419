#include <set>

#include "identity/keys.hpp"
#include "net/listener.hpp"
#include "net/udp_socket.hpp"
#include "server/client/api_client.hpp"
#include "server/doctor/check.hpp"

namespace belfry::server::doctor {
namespace {

struct Port {
  std::string name;  // "HTTP"
  std::uint16_t number;
  std::string flag;
  enum class Kind { tcp, udp } kind;
  bool needed;  // else the server starts without it
};

std::vector<Port> ports_of(const Config& config) {
  using enum Port::Kind;
  std::vector<Port> ports = {{"HTTP", config.http.port, "--http-port", tcp, true}};
  for (const std::uint16_t port : config.http.extra_ports)
    ports.push_back({"HTTP", port, "--http-extra-ports", tcp, false});
  ports.push_back({"HTTPS", config.http.tls_port, "--http-tls-port", tcp, false});
  ports.push_back({"SIP over UDP", config.sip.port, "--sip-port", udp, true});
  if (config.sip.tcp) ports.push_back({"SIP over TCP", config.sip.port, "--sip-port", tcp, true});
  std::erase_if(ports, [](const Port& port) { return port.number == 0; });
  return ports;
}

bool is_free(Machine& machine, const Port& port) {
  const net::Address address{listen_address(machine.config), port.number};
  if (port.kind == Port::Kind::udp) {
    const auto ignore = [](const net::Address&, std::span<const std::byte>) {};
    return net::UdpSocket::bind(machine.driver, address, ignore).has_value();
  }
  return net::Listener::open(machine.driver, address, nullptr, [](net::ByteStream) {}).has_value();
}

bool answers_as_belfry(ApiClient& api) {
  const auto health = api.get("/healthz");
  const auto* status = health ? base::json::find_string(*health, "status") : nullptr;
  return status != nullptr && *status == "ok";
}

/// The ports of the Belfry that runs with this configuration; none when none runs.
std::set<std::uint16_t> ports_of_running_server(const Config& config) {
  std::set<std::uint16_t> ports;
  const net::Address address{listen_address(config), config.http.port};
  const auto api = ApiClient::create("http://" + address.to_string());
  if (!api || !answers_as_belfry(**api)) return ports;
  ports.insert(config.http.port);
  const auto status = (*api)->get("/admin/api/status");
  const auto* listeners = status ? base::json::find(*status, "listeners") : nullptr;
  if (listeners == nullptr || !listeners->is_array()) return ports;
  for (const auto& listener : listeners->get_array()) {
    const auto* text = base::json::find_string(listener, "address");
    if (text == nullptr) continue;
    if (const auto read = net::Address::parse(*text)) ports.insert(read->port);
  }
  return ports;
}

Finding look_at(Machine& machine, const Port& port, const std::set<std::uint16_t>& running) {
  const std::string number = std::to_string(port.number);
  const std::string subject = "port " + number;
  if (running.contains(port.number))
    return {subject, true, port.name + ": held by the Belfry that runs"};
  if (is_free(machine, port)) return {subject, true, port.name + ": free"};
  if (!port.needed)
    return {subject, true, port.name + ": held by another program; the server goes without it"};
  return {
      subject, false,
      port.name +
          ": held by another program, or not yours to open; end that "
          "program or choose another port with " +
          port.flag
  };
}

}  // namespace

Findings check_listen_address(Machine& machine) {
  const std::string subject = "listen address";
  const auto address = net::IpAddress::parse(machine.config.listen);
  if (!address) return {{subject, false, machine.config.listen + " is no address; use 127.0.0.1"}};
  if (address->is_loopback())
    return {{subject, true, machine.config.listen + ", this machine only"}};
  if (address->is_unspecified())
    return {
        {subject, false,
         machine.config.listen + " is no address that calls can be told; name that of an interface"}
    };
  if (!identity::load_keys(machine.config.data))
    return {
        {subject, false,
         machine.config.listen + " is open to others, and nobody could sign in before a first "
                                 "start on 127.0.0.1 has made the keys"}
    };
  return {{subject, true, machine.config.listen + ", open to others, who must sign in"}};
}

Findings check_ports(Machine& machine) {
  const auto running = ports_of_running_server(machine.config);
  Findings findings;
  for (const Port& port : ports_of(machine.config))
    findings.push_back(look_at(machine, port, running));
  return findings;
}

}  // namespace belfry::server::doctor
