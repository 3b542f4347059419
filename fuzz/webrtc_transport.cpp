// Datagrams of the peer and of strangers, checks, clock steps and ICE restarts into one transport:
// nothing goes to an address without a valid check (rules M2, M6), and nothing is heard but what
// the peer sent (rules M3, M4). An input byte says what happens and on which path.
#include <cstdlib>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "rtp/packet.hpp"
#include "webrtc/client_transport.hpp"
#include "webrtc/transport.hpp"

namespace {

using namespace belfry;
using namespace belfry::webrtc;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Identity {
  Certificate certificate = std::move(*Certificate::create(base::VirtualClock().wall_now()));
  DtlsContext context = std::move(*DtlsContext::create(certificate));
};
const Identity& identity() {
  static const Identity made;
  return made;
}

Path path_of(std::uint8_t number) {
  Path path;
  path.ip[3] = std::byte{number};
  path.port = 5000;
  return path;
}

class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size) : input_(std::as_bytes(std::span(data, size))) {}

  void go() {
    for (int steps = 0; input_.left() > 0 && steps < 200; ++steps) {
      const std::uint8_t what = input_.u8();
      step(what & 7U, static_cast<std::uint8_t>(what >> 3));
      check();
    }
  }

 private:
  static constexpr std::uint8_t client_number = 1;

  void step(unsigned what, std::uint8_t number) {
    switch (what) {
      case 0:
        return receive(
            input_.take(std::min<std::size_t>(input_.u16(), input_.left())), path_of(number)
        );
      case 1:
        return check_from(path_of(number), (input_.u8() & 1) != 0);
      case 2:
        clock_.advance(std::chrono::milliseconds(input_.u16()));
        server_.handle_timeout(clock_.now());
        return client_.handle_timeout(clock_.now());
      case 3:
        return server_.set_remote("theirs", identity().context.fingerprint(), clock_.now());
      case 4:
        ours_.ufrag.back() = static_cast<char>('a' + number % 26);
        return server_.restart_ice(ours_, "theirs");
      case 5:
        return say(number);
      case 6:
        server_.send_rtp(packet(++answered_), clock_.now());
        return;
      case 7:
        if (number == 31) server_.close();
        return;
    }
  }

  /// With the newest credentials.
  void check_from(const Path& path, bool nominate) {
    const std::string name = ours_.ufrag + ":theirs";
    std::array<std::byte, stun::longest_written> datagram{};
    const stun::Request request{{}, name, 1, 1, true, nominate};
    receive(stun::write_request(request, IntegrityKey(ours_.password), datagram), path);
  }
  void say(std::uint8_t number) {
    client_at_ = path_of(number);
    if (client_.send_rtp(packet(++said_))) ++sent_by_client_;
  }
  static std::vector<std::byte> packet(std::uint16_t number) {
    std::vector<std::byte> into(rtp::header_size + 20);
    rtp::write_packet({false, 0, number, 0, 7}, std::vector<std::byte>(20), into);
    return into;
  }
  void receive(std::span<const std::byte> datagram, const Path& from) {
    server_.handle_datagram(datagram, from, clock_.now());
  }

  void check() {
    while (server_.poll_event()) {
    }
    require(heard_.count <= sent_by_client_);
    require(server_.counters().packets_in == heard_.count);
  }

  struct Ear final : TransportSink {
    void on_rtp(std::span<const std::byte>, base::Instant) override { ++count; }
    void on_rtcp(std::span<const std::byte>, base::Instant) override { ++count; }
    std::size_t count = 0;
  };
  /// The client hears at once what is for its address.
  struct FromServer final : TransportOutput {
    explicit FromServer(Run& of) : run(of) {}
    void send(const Path& to, std::span<const std::byte> datagram) override {
      require(run.server_.ice().is_valid(to));
      if (to == run.client_at_) run.client_.handle_datagram(datagram, run.clock_.now());
    }
    Run& run;
  };
  struct FromClient final : TransportOutput {
    explicit FromClient(Run& of) : run(of) {}
    void send(const Path&, std::span<const std::byte> datagram) override {
      run.receive(datagram, run.client_at_);
    }
    Run& run;
  };

  base::ByteReader input_;
  base::VirtualClock clock_;
  base::SeededRandom random_{1};
  IceCredentials ours_{"ourufrag", "a password of enough letters"};
  Path client_at_ = path_of(client_number);
  std::uint16_t said_ = 0, answered_ = 0;
  std::size_t sent_by_client_ = 0;
  Ear heard_, client_heard_;
  FromServer to_client_{*this};
  FromClient to_server_{*this};
  Transport server_{identity().context, ours_, to_client_, heard_};
  ClientTransport client_{
      identity().context,
      {{"theirs", "unused"}, ours_, identity().context.fingerprint(), path_of(0)},
      random_,
      to_server_,
      client_heard_,
      clock_.now()
  };
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(data, size).go();
  return 0;
}
