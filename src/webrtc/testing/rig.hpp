#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "rtp/packet.hpp"
#include "sip/lossy_link.hpp"
#include "webrtc/client_transport.hpp"
#include "webrtc/transport.hpp"

/// For tests: a browser-like client and a server's transport, with bad weather between them.
namespace belfry::webrtc::testing {

using Bytes = std::vector<std::byte>;
using Packets = std::vector<Bytes>;
using Weather = sip::LossyLink::Weather;
using namespace std::chrono_literals;

inline Bytes copy(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Two ends that do not know each other's key.
struct Identity {
  explicit Identity(std::span<const rtp::SrtpSuite> suites = DtlsContext::default_suites)
      : context(std::move(*DtlsContext::create(certificate, suites))) {}
  base::VirtualClock clock;
  Certificate certificate = std::move(*Certificate::create(clock.wall_now()));
  DtlsContext context;
};
inline const Identity& server_identity() {
  static const Identity made;
  return made;
}
inline const Identity& client_identity() {
  static const Identity made;
  return made;
}

/// 192.0.2.`number`, port 5000.
inline Path address(int number) {
  Path path;
  path.ip = {std::byte{192}, std::byte{0}, std::byte{2}, static_cast<std::byte>(number)};
  path.port = 5000;
  return path;
}

inline Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc = 7, std::size_t size = 160) {
  Bytes into(rtp::header_size + size);
  rtp::write_packet(
      {false, 0, sequence, sequence * 160U, ssrc}, Bytes(size, std::byte{0x5A}), into
  );
  return into;
}
/// A sender report without blocks.
inline Bytes rtcp_packet(std::uint32_t ssrc = 7) {
  Bytes into(28);
  base::ByteWriter writer(into);
  writer.u32(0x80C80006);
  writer.u32(ssrc);
  return into;
}

/// What an end heard.
struct Ear : TransportSink {
  void on_rtp(std::span<const std::byte> packet, base::Instant) override {
    if (keeps) rtp.push_back(copy(packet));
  }
  void on_rtcp(std::span<const std::byte> compound, base::Instant) override {
    if (keeps) rtcp.push_back(copy(compound));
  }
  bool keeps = true;
  Packets rtp, rtcp;
};

/// How a test begins.
struct RigTerms {
  Weather weather{0, 0, 10ms, 0ms};
  std::uint64_t seed = 1;
  const Identity* client = &client_identity();
  Fingerprint expected_client = client_identity().context.fingerprint();
  bool set_remote = true;  // the client's SDP is here from the beginning
};

class Rig {
 public:
  explicit Rig(RigTerms terms = {})
      : random(terms.seed),
        link(terms.weather, terms.seed),
        server_credentials(IceCredentials::make(random)),
        client_credentials(IceCredentials::make(random)),
        server(server_identity().context, server_credentials, server_output, server_ear),
        client(
            terms.client->context,
            {client_credentials, server_credentials, server_identity().context.fingerprint(),
             address(0)},
            random, client_output, client_ear, clock.now()
        ),
        expected_client_(terms.expected_client) {
    if (terms.set_remote) set_remote();
  }

  void set_remote() { server.set_remote(client_credentials.ufrag, expected_client_, clock.now()); }

  /// Lets both ends and the network go on for so long.
  void run(base::Duration time) {
    const base::Instant end = clock.now() + time;
    for (base::Instant next = next_event(); next <= end; next = next_event()) {
      clock.advance_to(next);
      while (link.next_delivery() <= clock.now()) deliver(link.take());
      server.handle_timeout(clock.now());
      if (client_is_there) client.handle_timeout(clock.now());
    }
    clock.advance_to(end);
  }
  /// @return whether both ends have keys in time.
  bool connect(base::Duration limit = 5s) {
    for (base::Duration spent{}; spent < limit; spent += 20ms) {
      run(20ms);
      if (client.connected() && server.dtls_state() == DtlsState::connected) return true;
    }
    return false;
  }
  template <class Event>
  std::size_t count() {
    while (auto event = server.poll_event()) events.push_back(*event);
    return static_cast<std::size_t>(std::ranges::count_if(events, [](const TransportEvent& each) {
      return std::holds_alternative<Event>(each);
    }));
  }
  /// A datagram of somebody's, to the server, at once.
  void receive(std::span<const std::byte> datagram, const Path& from) {
    server.handle_datagram(datagram, from, clock.now());
  }
  /// From now on what the server sends and hears is dropped uncopied.
  void keep_nothing() { server_ear.keeps = false; }
  /// As the client would make it.
  Bytes check(bool nominate) const {
    const std::string name = server_credentials.ufrag + ':' + client_credentials.ufrag;
    const IntegrityKey key(server_credentials.password);
    Bytes into(stun::longest_written);
    return copy(stun::write_request({{}, name, 1, 1, true, nominate}, key, into));
  }

  base::VirtualClock clock;
  base::SeededRandom random;
  sip::LossyLink link;
  Ear server_ear, client_ear;
  Path client_at = address(1);  // where its datagrams come from
  bool client_is_there = true;
  std::vector<Path> sent_to;  // by the server
  Packets from_client;
  std::vector<TransportEvent> events;

 private:
  /// The link knows numbers: the client's address on the way to the server, its negative on the way
  /// back.
  struct ToServer : TransportOutput {
    explicit ToServer(Rig& of) : rig(of) {}
    void send(const Path&, std::span<const std::byte> datagram) override {
      rig.from_client.push_back(copy(datagram));
      const int from = std::to_integer<int>(rig.client_at.ip[3]);
      rig.link.send(from, base::as_text(datagram), rig.clock.now());
    }
    Rig& rig;
  };
  struct ToClient : TransportOutput {
    explicit ToClient(Rig& of) : rig(of) {}
    void send(const Path& to, std::span<const std::byte> datagram) override {
      if (!rig.server_ear.keeps) return;
      rig.sent_to.push_back(to);
      const int number = std::to_integer<int>(to.ip[3]);
      rig.link.send(-number, base::as_text(datagram), rig.clock.now());
    }
    Rig& rig;
  };

  base::Instant next_event() const {
    const base::Instant server_next = server.next_timeout().value_or(base::Instant::max());
    const base::Instant client_next =
        client_is_there ? client.next_timeout() : base::Instant::max();
    return std::min({link.next_delivery(), server_next, client_next});
  }
  void deliver(const sip::LossyLink::Delivery& delivery) {
    const auto bytes = base::as_bytes(delivery.bytes);
    if (delivery.to > 0)
      server.handle_datagram(bytes, address(delivery.to), clock.now());
    else if (address(-delivery.to) == client_at && client_is_there)
      client.handle_datagram(bytes, clock.now());
  }

 public:
  IceCredentials server_credentials, client_credentials;
  ToServer client_output{*this};
  ToClient server_output{*this};
  Transport server;
  ClientTransport client;

 private:
  Fingerprint expected_client_;
};

/// The first flight of some client.
inline Bytes client_hello() {
  Rig other;
  other.run(200ms);
  for (const Bytes& sent : other.from_client)
    if (sent[0] == std::byte{22}) return sent;
  return {};
}

}  // namespace belfry::webrtc::testing
