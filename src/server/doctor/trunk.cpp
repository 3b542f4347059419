#include <optional>

#include "base/encoding.hpp"
#include "base/wait.hpp"
#include "net/byte_stream.hpp"
#include "net/resolver.hpp"
#include "net/udp_socket.hpp"
#include "server/client/run_to_end.hpp"
#include "server/doctor/check.hpp"
#include "sip/message.hpp"
#include "sip/stream_framer.hpp"

namespace belfry::server::doctor {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

net::SipTransport transport_of(Transport transport) {
  switch (transport) {
    case Transport::udp:
      return net::SipTransport::udp;
    case Transport::tcp:
      return net::SipTransport::tcp;
    case Transport::tls:
      return net::SipTransport::tls;
  }
  return net::SipTransport::udp;
}

std::string_view via_name(net::SipTransport transport) {
  switch (transport) {
    case net::SipTransport::udp:
      return "UDP";
    case net::SipTransport::tcp:
      return "TCP";
    case net::SipTransport::tls:
      return "TLS";
  }
  return "UDP";
}

std::string word(base::Random& random) {
  std::array<std::byte, 12> bytes{};
  random.fill(bytes);
  return base::to_hex(bytes);
}

/// An OPTIONS outside of a dialog (RFC 3261 §11.1).
sip::Message make_options(
    const std::string& host, net::SipTransport transport, const net::Address& local,
    base::Random& random
) {
  const std::string via = "SIP/2.0/" + std::string(via_name(transport)) + " " + local.to_string() +
                          ";rport;branch=z9hG4bK" + word(random);
  const std::string uri = sip::Uri::sip("", host).to_string();
  const std::string own = sip::Uri::sip("belfry", local.ip.to_string(), local.port).to_string();
  auto builder = sip::MessageBuilder::request("OPTIONS", uri);
  builder.add("Via", via);
  builder.add("Max-Forwards", "70");
  builder.add("From", "<" + own + ">;tag=" + word(random));
  builder.add("To", "<" + uri + ">");
  builder.add("Call-ID", word(random));
  builder.add("CSeq", "1 OPTIONS");
  builder.add("Contact", "<" + own + ">");
  builder.add("Accept", "application/sdp");
  return builder.build();
}

/// The status line of a final answer to our request, as "200 OK".
std::optional<std::string> answer_in(
    std::string_view bytes, sip::Framing framing, const std::string& call_id
) {
  const sip::Parsed parsed = sip::parse(bytes, framing);
  if (parsed.kind != sip::Parsed::Kind::message || parsed.message.status() < 200) return {};
  if (parsed.message.call_id() != call_id) return {};
  return std::to_string(parsed.message.status()) + " " + std::string(parsed.message.reason());
}

Task<Result<std::string>> ask_by_udp(Machine& machine, std::string host, net::Address to) {
  net::Address local;
  if (to.is_loopback())
    local.ip = to.ip;
  else if (to.ip.is_v6())
    local.ip = net::IpAddress::v6({});
  std::string call_id;
  base::Completion<std::string> answered(machine.driver.loop());
  auto socket = net::UdpSocket::bind(
      machine.driver, local,
      [&call_id,
       resolve = answered.resolver()](const net::Address&, std::span<const std::byte> bytes) {
        const auto text = answer_in(base::as_text(bytes), sip::Framing::datagram, call_id);
        if (text) resolve(*text);
      }
  );
  if (!socket) co_return fail(socket.error());
  const auto request = make_options(host, net::SipTransport::udp, socket->local(), machine.random);
  call_id = request.call_id();
  if (const auto sent = socket->send(to, request.bytes()); !sent) co_return fail(sent.error());
  auto waiting = answered.wait();
  auto answer =
      co_await base::with_time_limit(machine.driver.loop(), std::move(waiting), machine.patience);
  if (!answer) co_return fail(Errc::timed_out, "no answer to OPTIONS");
  co_return std::move(*answer);
}

Task<Result<std::string>> ask_by_stream(Machine& machine, std::string host, net::SipTarget target) {
  base::Loop& loop = machine.driver.loop();
  const base::Instant deadline = loop.now() + machine.patience;
  std::optional<net::TlsContext> tls;
  std::optional<net::TlsPeer> peer;
  if (target.transport == net::SipTransport::tls) {
    auto context = net::TlsContext::client(std::nullopt);
    if (!context) co_return fail(context.error());
    tls.emplace(std::move(*context));
    peer.emplace(net::TlsPeer{*tls, host});
  }
  auto stream = co_await net::connect(machine.driver, target.address, deadline, peer);
  if (!stream) co_return fail(stream.error());
  const auto request = make_options(host, target.transport, stream->local(), machine.random);
  std::string bytes(request.text());
  const auto written = co_await stream->write(std::move(bytes), deadline);
  if (!written) co_return fail(written.error());
  sip::StreamFramer framer;
  const std::string call_id(request.call_id());
  while (true) {
    const auto chunk = co_await stream->read(deadline);
    if (!chunk) co_return fail(chunk.error());
    if (chunk->empty()) co_return fail(Errc::refused, "it closed the connection");
    framer.handle_bytes(base::as_bytes(*chunk), loop.now());
    while (const auto message = framer.poll_message())
      if (auto answer = answer_in(*message, sip::Framing::stream, call_id))
        co_return std::move(*answer);
  }
}

/// Where the trunk was found, and what it answered.
Task<Result<std::string>> ask_trunk(
    Machine& machine, net::Resolver& resolver, const TrunkConfig& trunk
) {
  const auto place = sip::parse_host_port(trunk.host);
  if (!place) co_return fail(place.error());
  std::string host(place->host);
  const std::string name = host;
  const std::optional<net::SipTransport> transport = transport_of(trunk.transport);
  auto targets = co_await resolver.sip_targets(std::move(host), place->port, transport);
  if (!targets) co_return fail(targets.error());
  if (targets->empty()) co_return fail(Errc::not_found, "DNS: " + name + " has no address");
  const net::SipTarget target = targets->front();
  Task<Result<std::string>> asking;
  if (target.transport == net::SipTransport::udp)
    asking = ask_by_udp(machine, name, target.address);
  else
    asking = ask_by_stream(machine, name, target);
  const auto answer = co_await std::move(asking);
  const std::string where =
      target.address.to_string() + " by " + std::string(via_name(target.transport));
  if (!answer) co_return fail(answer.error().code, where + ": " + answer.error().message);
  co_return where + " answers " + *answer;
}

}  // namespace

Findings check_trunks(Machine& machine) {
  Findings findings;
  for (const TrunkConfig& trunk : machine.config.trunks) {
    net::Resolver resolver(machine.driver, machine.random, {{}, machine.patience, 1});
    const auto found = run_to_end(machine.driver, ask_trunk(machine, resolver, trunk));
    const std::string subject = "trunk " + trunk.name;
    if (found) {
      findings.push_back({subject, true, *found});
    } else {
      const std::string repair =
          "; look at host and transport of [[trunk]] " + trunk.name + ", and at the firewall";
      findings.push_back({subject, false, found.error().message + repair});
    }
  }
  return findings;
}

}  // namespace belfry::server::doctor
