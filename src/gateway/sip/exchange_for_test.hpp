#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "call/bridge.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"
#include "gateway/sip/gateway.hpp"
#include "store/store.hpp"

/// For tests: whole SIP exchanges, and peers played by hand, on one virtual clock and a network
/// without sockets.
namespace belfry::gateway::sip::testing_support {

using namespace std::chrono_literals;
using belfry::sip::Endpoint;
using belfry::sip::Flow;

/// Carries messages between endpoints; a filter may lose them.
class Network {
 public:
  struct Port {
    Endpoint address;
    std::function<void(const Endpoint& from, const std::string& bytes)> receive;
  };
  explicit Network(base::Loop& loop) : loop_(loop) {}

  void attach(
      const Endpoint& address, std::function<void(const Endpoint&, const std::string&)> to
  ) {
    ports_[address] = std::move(to);
  }
  void detach(const Endpoint& address) { ports_.erase(address); }
  void send(const Endpoint& from, const Endpoint& to, std::string bytes) {
    sent.push_back({from, to, bytes});
    if (loses && loses(sent.back())) return;
    loop_.call_after(5ms, [this, from, to, bytes = std::move(bytes)] {
      if (const auto port = ports_.find(to); port != ports_.end()) port->second(from, bytes);
    });
  }

  struct Sent {
    Endpoint from, to;
    std::string bytes;
    bool starts_with(std::string_view text) const { return bytes.starts_with(text); }
  };
  std::vector<Sent> from(const Endpoint& address, std::string_view start = {}) const {
    std::vector<Sent> out;
    for (const Sent& one : sent)
      if (one.from == address && one.starts_with(start)) out.push_back(one);
    return out;
  }
  std::vector<Sent> sent;
  std::function<bool(const Sent&)> loses;

 private:
  base::Loop& loop_;
  std::map<Endpoint, std::function<void(const Endpoint&, const std::string&)>> ports_;
};

class NetworkTransports final : public Transports {
 public:
  NetworkTransports(Network& network, Endpoint local)
      : network_(network), local_(std::move(local)) {}
  ~NetworkTransports() override { network_.detach(local_); }
  void feed(TransportReceiver& receiver) {
    network_.attach(local_, [this, &receiver](const Endpoint& from, const std::string& bytes) {
      receiver.on_message({belfry::sip::Transport::udp, local_, from, 0}, base::as_bytes(bytes));
    });
  }
  void send(const Flow& flow, std::string bytes) override {
    network_.send(local_, flow.remote, std::move(bytes));
  }
  std::optional<Flow> flow_to(belfry::sip::Transport transport, const Endpoint& to) const override {
    return Flow{transport, local_, to, 0};
  }

 private:
  Network& network_;
  Endpoint local_;
};

struct NoWeb final : call::WebClient {
  base::Task<base::Result<call::WebResponse>> send(call::WebRequest) override {
    co_return base::fail(base::Errc::unavailable, "no web here");
  }
};

struct NoCallbacks final : call::CallbackFormat {
  call::Delivery render(const call::LegRecord&, std::string_view, std::uint64_t, base::WallTime)
      const override {
    return {};
  }
  call::Delivery render_detection(const call::LegRecord&, base::WallTime) const override {
    return {};
  }
};

/// Answers and listens until the leg ends; or does not answer, for "ring" in its parameters.
struct Listening final : call::ProgramFactory {
  std::string_view kind() const override { return "listen"; }
  base::Task<void> run(call::Leg& leg, call::ProgramSpec program) override {
    if (program.parameters.contains("ring")) {
      leg.ring();
      co_await base::sleep_for(leg.loop(), 1h);
    }
    if (program.parameters.contains("busy")) {
      leg.hang_up(call::HangupCause::busy);
      co_return;
    }
    const auto answered = co_await leg.answer();
    if (!answered) co_return;
    while (true) digits += co_await leg.next_digit();
  }
  std::string digits;
};

/// One Belfry from the call model down, without sockets for SIP. What is on its disk outlives it.
class Exchange {
 public:
  struct World {
    base::VirtualClock& clock;
    base::Loop& loop;
    Network& network;
    store::Store& store;
  };
  Exchange(World world, Gateway::Settings settings, std::uint64_t seed = 1)
      : random(seed),
        plane(
            world.loop, random,
            {.ports = {21000, 29999},
             .media_timeout = 0s,
             .drive = media::Plane::Settings::Drive::by_owner}
        ),
        outbox(world.loop, world.store, web_),
        transports(world.network, settings.listeners.front()),
        gateway(
            {world.loop, random, plane, transports, &bindings, locate, egress}, keyed(settings)
        ) {
    call::Services services{
        world.loop, random, world.store, plane,      dial_plan,
        numbers,    feed,   outbox,      callbacks_, "AC00000000000000000000000000000001",
        nullptr,    {}
    };
    services.programs.emplace(listening.kind(), &listening);
    services.programs.emplace(bridge_.kind(), &bridge_);
    switchboard =
        std::make_unique<call::Switchboard>(std::move(services), call::Switchboard::Limits{});
    transports.feed(gateway.receiver());
    gateway.add_to(dial_plan);
    events = feed.subscribe([this](const call::LegRecord& leg, const call::EventRecord& event) {
      timeline[leg.sid].push_back(event.type + describe(event));
      last[leg.sid] = leg;
    });
  }

  void start() { gateway.start(*switchboard); }
  void answer_number(const std::string& number, base::json::object parameters = {}) {
    numbers.set(number, call::ProgramSpec{"listen", std::move(parameters)});
  }
  base::Task<void> place_task(std::string to, std::string* sid) {
    call::PlaceCall call;
    const auto party = call::Party::parse(to);
    call.to = *party;
    call.from = "+15550001111";
    call.program = {"listen", {}};
    auto placed = co_await switchboard->place(std::move(call));
    if (placed) *sid = placed->sid;
  }
  call::Leg* only_leg() {
    for (const auto& [sid, events_of_leg] : timeline)
      if (call::Leg* leg = switchboard->find(sid)) return leg;
    return nullptr;
  }
  static std::string describe(const call::EventRecord& event) {
    std::string text;
    for (const char* key : {"method", "status", "codec", "cause"}) {
      const auto* value = event.data.if_contains(key);
      if (value == nullptr) continue;
      text += ' ';
      text += value->is_string() ? std::string(value->get_string()) : base::json::serialize(*value);
    }
    return text;
  }

  struct Table final : BindingTable {
    base::Task<base::Result<>> replace(std::string user, std::vector<belfry::sip::Binding> list)
        override {
      if (!works) co_return base::fail(base::Errc::unavailable, "the disk is full");
      rows[user] = std::move(list);
      co_return base::Result<>{};
    }
    std::map<std::string, std::vector<belfry::sip::Binding>> rows;
    bool works = true;
  };

  /// Names of the test's own DNS.
  static base::Task<base::Result<std::vector<net::SipTarget>>> locate(
      std::string host, std::optional<std::uint16_t> port, belfry::sip::Transport
  ) {
    std::vector<net::SipTarget> targets;
    const auto add = [&](const char* ip, std::uint16_t at) {
      targets.push_back({net::SipTransport::udp, *net::Address::from(ip, port.value_or(at))});
    };
    if (host == "carrier.example") {
      add("192.0.2.21", 5060);
      add("192.0.2.22", 5060);
    } else if (net::IpAddress::parse(host)) {
      add(host.c_str(), 5060);
    } else {
      co_return base::fail(base::Errc::not_found, "no such host");
    }
    co_return targets;
  }
  static base::Result<> egress(const net::Address& address, const std::string&) {
    if (address.ip.to_string() == "192.0.2.99")
      return base::fail(base::Errc::refused, "policy forbids it");
    return {};
  }

 private:
  static Gateway::Settings keyed(Gateway::Settings settings) {
    if (settings.server_key.empty()) settings.server_key = "server key of the tests";
    settings.nonce_key = "nonce key of the tests";
    return settings;
  }
  NoWeb web_;
  NoCallbacks callbacks_;
  call::BridgeProgram bridge_;

 public:
  base::SeededRandom random;
  media::Plane plane;
  call::Outbox outbox;
  call::EventFeed feed;
  call::DialPlan dial_plan;
  call::NumberTable numbers;
  Listening listening;
  Table bindings;
  NetworkTransports transports;
  Gateway gateway;
  std::unique_ptr<call::Switchboard> switchboard;
  std::map<std::string, std::vector<std::string>> timeline;
  std::map<std::string, call::LegRecord> last;
  call::EventFeed::Subscription events;
};

/// A peer that is played by hand.
class Peer {
 public:
  Peer(Network& network, Endpoint address) : address(std::move(address)), network_(network) {
    network_.attach(this->address, [this](const Endpoint&, const std::string& bytes) {
      auto parsed = belfry::sip::parse(bytes, belfry::sip::Framing::datagram);
      EXPECT_EQ(parsed.kind, belfry::sip::Parsed::Kind::message) << bytes;
      heard.push_back(std::move(parsed.message));
    });
  }
  ~Peer() { network_.detach(address); }

  void send(const Endpoint& to, std::string_view text) {
    network_.send(address, to, std::string(text));
  }
  /// Answers a request that was heard, with a tag and perhaps SDP.
  void respond(
      const Endpoint& to, const belfry::sip::Message& request, int status, std::string_view tag,
      std::string_view sdp = {}, std::string_view more_name = {}, std::string_view more = {}
  ) {
    auto builder = belfry::sip::response_to(request, status, tag);
    builder.add(
        belfry::sip::HeaderId::contact, "<sip:peer@" + belfry::sip::to_string(address) + ">"
    );
    if (!more_name.empty()) builder.add(more_name, more);
    if (!sdp.empty()) builder.body("application/sdp", sdp);
    send(to, builder.build().text());
  }
  std::vector<int> statuses() const {
    std::vector<int> out;
    for (const auto& message : heard)
      if (!message.is_request()) out.push_back(message.status());
    return out;
  }
  const belfry::sip::Message* request(std::string_view method) const {
    const belfry::sip::Message* found = nullptr;
    for (const auto& message : heard)
      if (message.is_request() && message.method_name() == method) found = &message;
    return found;
  }
  std::size_t count(std::string_view method) const {
    return static_cast<std::size_t>(std::ranges::count_if(heard, [&](const auto& message) {
      return message.is_request() && message.method_name() == method;
    }));
  }

  Endpoint address;
  std::deque<belfry::sip::Message> heard;

 private:
  Network& network_;
};

inline std::string sdp_at(std::string_view ip, int port, std::string_view lines = {}) {
  std::string text = "v=0\r\no=- 7 1 IN IP4 ";
  text.append(ip).append("\r\ns=-\r\nc=IN IP4 ").append(ip);
  text += "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP 0 101\r\n";
  text += "a=rtpmap:101 telephone-event/8000\r\n";
  text += lines;
  return text;
}

/// The world that all of them live in.
struct WorldTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  Network network{loop};
  std::unique_ptr<store::Store> first_store = open_store(loop), second_store = open_store(loop);
  const Endpoint here{"192.0.2.1", 5060};
  const Endpoint there{"192.0.2.2", 5060};
  base::TaskGroup tasks{loop};

  static std::unique_ptr<store::Store> open_store(base::Loop& loop) {
    store::Settings settings;
    settings.folder = ":memory:";
    settings.mode = store::Settings::Mode::same_thread;
    return std::move(*store::open(std::move(settings), loop));
  }
  Exchange::World world(store::Store& store) { return {clock, loop, network, store}; }

  void pass(base::Duration time) {
    const base::Instant until = clock.now() + time;
    loop.run_ready();
    for (auto next = loop.next_due(); next && *next <= until; next = loop.next_due()) {
      clock.advance_to(*next);
      loop.run_ready();
    }
    clock.advance_to(until);
    loop.run_ready();
  }
  static base::Task<void> recover(Exchange& exchange) {
    const auto recovered = co_await exchange.switchboard->recover();
    EXPECT_TRUE(recovered);
  }
  std::string place(Exchange& exchange, std::string to) {
    auto sid = std::make_unique<std::string>();
    base::Task<void> task = exchange.place_task(std::move(to), sid.get());
    tasks.spawn(std::move(task));
    pass(1ms);
    return *sid;
  }
};

}  // namespace belfry::gateway::sip::testing_support
