// What a packet between two browsers costs: opened on one leg, sealed on the other. Beside it the
// same by libsrtp2, and what the kernel takes to carry the datagram. Then what a session costs to
// set up and to keep. The argument is the size of an RTP payload.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "rtp/packet.hpp"
#include "webrtc/client_transport.hpp"
#include "webrtc/transport.hpp"

namespace {

using namespace belfry;
using namespace belfry::webrtc;
using Bytes = std::vector<std::byte>;

constexpr std::size_t batch = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Identity {
  explicit Identity(std::span<const rtp::SrtpSuite> suites)
      : context(std::move(*DtlsContext::create(certificate, suites))) {}
  Certificate certificate = std::move(*Certificate::create(base::VirtualClock().wall_now()));
  DtlsContext context;
};
const Identity& identity(rtp::SrtpSuite suite) {
  static const Identity gcm(std::array{rtp::SrtpSuite::aead_aes_128_gcm});
  static const Identity hmac(std::array{rtp::SrtpSuite::aes_128_hmac_sha1_80});
  return suite == rtp::SrtpSuite::aead_aes_128_gcm ? gcm : hmac;
}

Bytes rtp_packet(std::uint16_t sequence, std::size_t size) {
  Bytes into(rtp::header_size + size);
  rtp::write_packet({false, 0, sequence, 0, 7}, Bytes(size), into);
  return into;
}

struct Deaf final : TransportSink {
  void on_rtp(std::span<const std::byte>, base::Instant) override {}
  void on_rtcp(std::span<const std::byte>, base::Instant) override {}
};

/// A server's transport and its browser, joined without a network.
class Leg {
 public:
  Leg(rtp::SrtpSuite suite, TransportSink& sink, std::uint64_t seed)
      : random_(seed),
        ours_(IceCredentials::make(random_)),
        server(identity(suite).context, ours_, to_client_, sink),
        client_(
            identity(suite).context,
            {{"theirs", "unused"}, ours_, identity(suite).context.fingerprint(), {}}, random_,
            to_server_, deaf_, clock_.now()
        ) {
    server.set_remote("theirs", identity(suite).context.fingerprint(), clock_.now());
    client_.handle_timeout(clock_.now());
    require(client_.connected() && server.dtls_state() == DtlsState::connected);
    joined_ = false;
  }
  /// As they would come from the network.
  std::vector<Bytes> packets(std::size_t size) {
    kept_.clear();
    for (std::size_t i = 0; i < batch; ++i) client_.send_rtp(rtp_packet(++sequence_, size));
    return std::move(kept_);
  }
  void receive(std::span<const std::byte> datagram) {
    server.handle_datagram(datagram, {}, clock_.now());
  }
  base::Instant now() const { return clock_.now(); }
  /// A consent check of the browser.
  Bytes check() const {
    Bytes into(stun::longest_written);
    const std::string name = ours_.ufrag + ":theirs";
    const stun::Request request{{}, name, 1, 1, true, true};
    const auto bytes = stun::write_request(request, IntegrityKey(ours_.password), into);
    return {bytes.begin(), bytes.end()};
  }

 private:
  struct ToClient final : TransportOutput {
    explicit ToClient(Leg& of) : leg(of) {}
    void send(const Path&, std::span<const std::byte> datagram) override {
      if (leg.joined_) return leg.client_.handle_datagram(datagram, leg.clock_.now());
      benchmark::DoNotOptimize(datagram.data());
    }
    Leg& leg;
  };
  struct ToServer final : TransportOutput {
    explicit ToServer(Leg& of) : leg(of) {}
    void send(const Path&, std::span<const std::byte> datagram) override {
      if (leg.joined_) return leg.receive(datagram);
      leg.kept_.emplace_back(datagram.begin(), datagram.end());
    }
    Leg& leg;
  };

  base::VirtualClock clock_;
  base::SeededRandom random_;
  IceCredentials ours_;
  Deaf deaf_;
  ToClient to_client_{*this};
  ToServer to_server_{*this};
  std::vector<Bytes> kept_;
  std::uint16_t sequence_ = 0;
  bool joined_ = true;

 public:
  Transport server;

 private:
  ClientTransport client_;
};

/// Sends on another leg what one heard.
struct Relay final : TransportSink {
  void on_rtp(std::span<const std::byte> packet, base::Instant now) override {
    require(to->server.send_rtp(packet, now));
  }
  void on_rtcp(std::span<const std::byte>, base::Instant) override {}
  Leg* to = nullptr;
};

void relay(benchmark::State& state, rtp::SrtpSuite suite) {
  Relay relay;
  Deaf deaf;
  Leg one(suite, relay, 1), other(suite, deaf, 2);
  relay.to = &other;
  std::vector<Bytes> packets;
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == packets.size()) {
      state.PauseTiming();
      packets = one.packets(static_cast<std::size_t>(state.range(0)));
      next = 0;
      state.ResumeTiming();
    }
    one.receive(packets[next++]);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(relay, gcm, rtp::SrtpSuite::aead_aes_128_gcm)->Arg(160)->Arg(1100);
BENCHMARK_CAPTURE(relay, hmac_sha1, rtp::SrtpSuite::aes_128_hmac_sha1_80)->Arg(160)->Arg(1100);

/// The same with libsrtp2, which works in place.
class Lib {
 public:
  Lib(rtp::SrtpSuite suite, bool sends) : key_(rtp::key_size(suite) + rtp::salt_size(suite)) {
    static const bool begun = srtp_init() == srtp_err_status_ok;
    require(begun);
    srtp_policy_t policy{};
    if (suite == rtp::SrtpSuite::aead_aes_128_gcm) {
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
      srtp_crypto_policy_set_rtp_default(&policy.rtp);
      srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    policy.ssrc.type = sends ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = key_.data();
    policy.window_size = 128;
    require(srtp_create(&session_, &policy) == srtp_err_status_ok);
  }
  ~Lib() { srtp_dealloc(session_); }
  Lib(const Lib&) = delete;
  Lib& operator=(const Lib&) = delete;
  int protect(std::span<std::byte> buffer, int size) {
    require(srtp_protect(session_, buffer.data(), &size) == srtp_err_status_ok);
    return size;
  }
  int unprotect(std::span<std::byte> buffer, int size) {
    require(srtp_unprotect(session_, buffer.data(), &size) == srtp_err_status_ok);
    return size;
  }

 private:
  std::vector<unsigned char> key_;
  srtp_t session_ = nullptr;
};

void libsrtp2(benchmark::State& state, rtp::SrtpSuite suite) {
  Lib browser(suite, true), in(suite, false), out(suite, true);
  std::vector<Bytes> packets;
  std::size_t next = 0;
  std::uint16_t sequence = 0;
  std::array<std::byte, 2048> buffer{};
  const auto refill = [&] {
    packets.clear();
    for (std::size_t i = 0; i < batch; ++i) {
      Bytes packet = rtp_packet(++sequence, static_cast<std::size_t>(state.range(0)));
      const int size = static_cast<int>(packet.size());
      packet.resize(2048);
      packet.resize(static_cast<std::size_t>(browser.protect(packet, size)));
      packets.push_back(std::move(packet));
    }
    next = 0;
  };
  for (auto _ : state) {
    if (next == packets.size()) {
      state.PauseTiming();
      refill();
      state.ResumeTiming();
    }
    const Bytes& packet = packets[next++];
    std::memcpy(buffer.data(), packet.data(), packet.size());
    const int plain = in.unprotect(buffer, static_cast<int>(packet.size()));
    benchmark::DoNotOptimize(out.protect(buffer, plain));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(libsrtp2, gcm, rtp::SrtpSuite::aead_aes_128_gcm)->Arg(160)->Arg(1100);
BENCHMARK_CAPTURE(libsrtp2, hmac_sha1, rtp::SrtpSuite::aes_128_hmac_sha1_80)->Arg(160)->Arg(1100);

/// One datagram sent and received on loopback: the two system calls that a relayed packet needs.
void sendto_and_recvfrom(benchmark::State& state) {
  const int socket_out = socket(AF_INET, SOCK_DGRAM, 0), socket_in = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  require(bind(socket_in, generic, length) == 0 && getsockname(socket_in, generic, &length) == 0);
  const Bytes datagram(static_cast<std::size_t>(state.range(0)) + 28);
  std::array<std::byte, 2048> buffer{};
  for (auto _ : state) {
    require(sendto(socket_out, datagram.data(), datagram.size(), 0, generic, length) > 0);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* sender = reinterpret_cast<sockaddr*>(&from);
    require(recvfrom(socket_in, buffer.data(), buffer.size(), 0, sender, &size) > 0);
  }
  close(socket_out);
  close(socket_in);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sendto_and_recvfrom)->Arg(160)->Arg(1100);

/// Both ends of ICE and DTLS, key derivation included.
void set_up(benchmark::State& state) {
  Deaf deaf;
  for (auto _ : state) {
    const Leg leg(rtp::SrtpSuite::aead_aes_128_gcm, deaf, 1);
    benchmark::DoNotOptimize(leg.now());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(set_up);

/// A consent check, verified and answered.
void answer_check(benchmark::State& state) {
  Deaf deaf;
  Leg leg(rtp::SrtpSuite::aead_aes_128_gcm, deaf, 1);
  const Bytes check = leg.check();
  for (auto _ : state) leg.receive(check);
  require(leg.server.counters().stun_bad == 0);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(answer_check);

/// A record of a stranger: what a flood of ClientHellos costs each.
void drop_strangers_record(benchmark::State& state) {
  Deaf deaf;
  Leg leg(rtp::SrtpSuite::aead_aes_128_gcm, deaf, 1);
  Path stranger;
  stranger.port = 1;
  const Bytes record(200, std::byte{22});
  for (auto _ : state) leg.server.handle_datagram(record, stranger, leg.now());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(drop_strangers_record);

}  // namespace
