// Two ends of a DTLS association over a network that does what the input says with each datagram:
// deliver, lose, double, damage, cut, forge. Whatever it does, ends that both connect have the same
// keys, and one end never has keys after a failure. An input byte says what happens, those behind
// it say with what.
#include <cstdlib>
#include <deque>
#include <vector>

#include "base/bytes.hpp"
#include "webrtc/dtls.hpp"

namespace {

using namespace belfry;
using namespace belfry::webrtc;
using Bytes = std::vector<std::byte>;

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

class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size) : input_(std::as_bytes(std::span(data, size))) {}

  void go() {
    client_.start(clock_.now());
    collect();
    for (int steps = 0; input_.left() > 0 && steps < 200; ++steps) {
      step(input_.u8());
      collect();
      check();
    }
  }

 private:
  struct Sent {
    Dtls* to;
    Bytes bytes;
  };

  void step(std::uint8_t what) {
    switch (what & 7U) {
      case 0:
        return deliver(take());
      case 1:
        take();
        return;
      case 2: {
        const Sent twice = take();
        deliver(twice);
        return deliver(twice);
      }
      case 3:
        return deliver(damaged(take(), input_.u16(), input_.u8()));
      case 4:
        return deliver(cut(take(), input_.u16()));
      case 5:
        return deliver({&server_, noise()});
      case 6:
        return deliver({&client_, noise()});
      case 7:
        clock_.advance(std::chrono::milliseconds(input_.u8() * 4));
        server_.handle_timeout(clock_.now());
        return client_.handle_timeout(clock_.now());
    }
  }

  Sent take() {
    if (in_flight_.empty()) return {};
    Sent next = std::move(in_flight_.front());
    in_flight_.pop_front();
    return next;
  }
  static Sent damaged(Sent sent, std::size_t at, std::uint8_t with) {
    if (!sent.bytes.empty()) sent.bytes[at % sent.bytes.size()] ^= std::byte{with};
    return sent;
  }
  static Sent cut(Sent sent, std::size_t size) {
    if (size < sent.bytes.size()) sent.bytes.resize(size);
    return sent;
  }
  Bytes noise() {
    const auto bytes = input_.take(std::min<std::size_t>(input_.u8(), input_.left()));
    return {bytes.begin(), bytes.end()};
  }
  void deliver(const Sent& sent) {
    if (sent.to != nullptr) sent.to->handle_datagram(sent.bytes, clock_.now());
  }

  void collect() {
    collect(client_, server_);
    collect(server_, client_);
  }
  void collect(Dtls& from, Dtls& to) {
    for (auto out = from.poll_transmit(); !out.empty(); out = from.poll_transmit()) {
      require(out.size() <= 1200);
      if (in_flight_.size() < 64) in_flight_.push_back({&to, Bytes(out.begin(), out.end())});
    }
  }
  void check() {
    require(server_.state() != DtlsState::failed || !server_.masters());
    require(client_.state() != DtlsState::failed || !client_.masters());
    if (!server_.masters() || !client_.masters()) return;
    require(server_.masters()->send == client_.masters()->receive);
    require(server_.masters()->receive == client_.masters()->send);
  }

  base::ByteReader input_;
  base::VirtualClock clock_;
  Dtls server_{identity().context, DtlsRole::passive, identity().context.fingerprint()};
  Dtls client_{identity().context, DtlsRole::active, identity().context.fingerprint()};
  std::deque<Sent> in_flight_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(data, size).go();
  return 0;
}
