// Two user agents, each with its own transaction layer, joined by a network that loses a fifth of
// all packets.
#include <algorithm>

#include "base/encoding.hpp"
#include "sip/lossy_link.hpp"
#include "sip/session_for_test.hpp"
#include "sip/transaction_layer.hpp"

namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using State = InviteSession::State;

const std::array<Endpoint, 2> ends = {Endpoint{"192.0.2.1", 5060}, Endpoint{"192.0.2.2", 5060}};

/// What a gateway does: carries between one session and its layer.
class UserAgent {
 public:
  UserAgent(std::size_t end, std::uint64_t seed)
      : end_(end), random_(seed * 2 + end), layer_({.tag_key = std::string(32, 'k')}, random_) {}

  void call(base::Instant now) {
    session_.emplace(
        InviteSession::outgoing(settings_at("192.0.2.1", "a"), target_of("call"), random_)
    );
    pump(now);
  }

  void pump(base::Instant now) {
    for (bool busy = true; busy;) {
      busy = false;
      while (const auto event = layer_.poll_event()) {
        std::visit([&](const auto& one) { on(one, now); }, *event);
        busy = true;
      }
      if (!session_) continue;
      while (auto transmit = session_->poll_transmit()) {
        std::visit([&](auto& one) { carry(one, now); }, *transmit);
        busy = true;
      }
      while (const auto event = session_->poll_event()) events.push_back(*event);
    }
  }

  void handle_timeout(base::Instant now) {
    layer_.handle_timeout(now);
    if (session_) session_->handle_timeout(now);
  }
  base::Instant next_timeout() const {
    base::Instant next = layer_.next_timeout().value_or(base::Instant::max());
    if (session_) next = std::min(next, session_->next_timeout().value_or(base::Instant::max()));
    return next;
  }
  TransactionLayer& layer() { return layer_; }
  InviteSession* session() { return session_ ? &*session_ : nullptr; }
  Flow flow() const { return {Transport::udp, ends[end_], ends[1 - end_], 0}; }
  template <class Event>
  int count() const {
    return static_cast<int>(std::ranges::count_if(events, [](const SessionEvent& event) {
      return std::holds_alternative<Event>(event);
    }));
  }

  std::vector<SessionEvent> events;

 private:
  void on(const RequestArrived& arrived, base::Instant now) {
    const TransactionToken token = arrived.transaction.value;
    if (!session_ && arrived.request.method() == Method::invite &&
        arrived.request.to_tag().empty()) {
      InviteSession::Settings settings = settings_at("192.0.2.2", "b");
      session_.emplace(InviteSession::incoming(settings, token, arrived.request, random_));
      return session_->ring(now);
    }
    if (session_) return session_->handle_request(token, arrived.request, now);
    layer_.respond(arrived.transaction, response_to(arrived.request, 481, "x").build(), now);
  }
  void on(const AckArrived& arrived, base::Instant now) {
    if (session_) session_->handle_ack(arrived.ack, now);
  }
  void on(const CancelArrived& arrived, base::Instant) {
    if (session_) session_->handle_cancel(arrived.cancel);
  }
  void on(const ResponseArrived& arrived, base::Instant now) {
    session_->handle_response(
        tokens_[arrived.transaction], arrived.response, ChallengeFrom::somebody_else, now
    );
  }
  void on(const ClientTimedOut& event, base::Instant now) {
    session_->handle_failure(tokens_[event.transaction], 408, now);
  }
  void on(const ClientTransportFailed& event, base::Instant now) {
    session_->handle_failure(tokens_[event.transaction], 503, now);
  }
  void on(const ServerTransportFailed&, base::Instant) {}
  void on(const AckMissing&, base::Instant) {}

  void carry(SendRequest& send, base::Instant now) {
    const auto id = layer_.send_request(std::move(send.message), flow(), now, send.branch);
    ASSERT_TRUE(id) << id.error().message;
    tokens_[*id] = send.transaction;
    clients_[send.transaction] = *id;
  }
  void carry(SendAck& send, base::Instant) {
    layer_.send_ack(std::move(send.message), flow(), send.branch);
  }
  void carry(SendResponse& send, base::Instant now) {
    layer_.respond(ServerId{send.transaction}, send.message, now);
  }
  void carry(SendCancel& send, base::Instant now) {
    layer_.cancel(clients_[send.invite], now, send.reason);
  }

  std::size_t end_;
  base::SeededRandom random_;
  TransactionLayer layer_;
  std::optional<InviteSession> session_;
  std::map<ClientId, TransactionToken> tokens_;
  std::map<TransactionToken, ClientId> clients_;
};

struct TwoPhones {
  base::VirtualClock clock;
  LossyLink link;
  std::array<UserAgent, 2> phones;

  TwoPhones(LossyLink::Weather weather, std::uint64_t seed)
      : link(weather, seed), phones{UserAgent(0, seed), UserAgent(1, seed)} {}

  void drain() {
    for (std::size_t end : {0U, 1U}) {
      phones[end].pump(clock.now());
      while (const auto transmit = phones[end].layer().poll_transmit())
        link.send(static_cast<int>(1 - end), transmit->bytes, clock.now());
    }
  }
  void run(base::Duration time) {
    const base::Instant until = clock.now() + time;
    drain();
    for (int step = 0; step < 100000; ++step) {
      const base::Instant next =
          std::min({link.next_delivery(), phones[0].next_timeout(), phones[1].next_timeout()});
      if (next > until) break;
      clock.advance_to(next);
      while (link.next_delivery() <= clock.now()) {
        const auto delivery = link.take();
        UserAgent& phone = phones[static_cast<std::size_t>(delivery.to)];
        phone.layer().handle_datagram(base::as_bytes(delivery.bytes), phone.flow(), clock.now());
        drain();
      }
      for (UserAgent& phone : phones) phone.handle_timeout(clock.now());
      drain();
    }
    clock.advance_to(until);
  }
  bool established() {
    return std::ranges::all_of(phones, [](UserAgent& phone) {
      return phone.session() && phone.session()->state() == State::established;
    });
  }
};

constexpr LossyLink::Weather storm{.loss = 0.2, .duplication = 0.1, .delay = 40ms, .jitter = 60ms};

TEST(SipSessionsOverALossyLink, EveryCallIsSetUpHeldAndEndedTheSameAtBothEnds) {
  int answered = 0, held_at_both_ends = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    TwoPhones world(storm, seed);
    auto& [alice, bob] = world.phones;
    alice.call(world.clock.now());
    world.run(2s);
    if (bob.session()) bob.session()->answer(world.clock.now());
    world.run(20s);
    // Both hold at the same moment: re-INVITEs cross.
    if (alice.session())
      alice.session()->set_direction(sdp::Direction::sendonly, world.clock.now());
    if (bob.session()) bob.session()->set_direction(sdp::Direction::sendonly, world.clock.now());
    world.run(90s);
    if (world.established()) {
      ++answered;
      const auto &ours = alice.session()->audio(), &theirs = bob.session()->audio();
      EXPECT_EQ(ours->direction, sdp::reversed(theirs->direction));
      EXPECT_EQ(ours->codec, theirs->codec);
      held_at_both_ends += ours->direction == sdp::Direction::inactive;
    }
    if (seed % 3 != 0) alice.session()->hang_up();
    if (seed % 3 != 1 && bob.session()) bob.session()->hang_up();
    world.run(200s);
    for (UserAgent* phone : {&alice, &bob}) {
      if (phone->session() == nullptr) continue;
      EXPECT_EQ(phone->session()->state(), State::ended);
      EXPECT_TRUE(phone->session()->finished(world.clock.now()));
      EXPECT_EQ(phone->count<Ended>(), 1);
      EXPECT_LE(phone->count<Answered>(), 1);
      EXPECT_EQ(phone->layer().client_count(), 0U);
      EXPECT_EQ(phone->layer().server_count(), 0U);
    }
  }
  EXPECT_GE(answered, 140);
  EXPECT_GE(held_at_both_ends, 120);
}

TEST(SipSessionsOverALossyLink, CancelMayCrossTheAnswerAndNobodyStaysOnTheLine) {
  int crossed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    TwoPhones world(storm, seed);
    auto& [alice, bob] = world.phones;
    alice.call(world.clock.now());
    world.run(3s);
    alice.session()->hang_up();
    if (bob.session()) bob.session()->answer(world.clock.now());
    world.run(150s);
    EXPECT_EQ(alice.session()->state(), State::ended);
    EXPECT_EQ(alice.count<Answered>(), 0);
    if (bob.session() == nullptr) continue;
    EXPECT_EQ(bob.session()->state(), State::ended);
    EXPECT_EQ(bob.count<Ended>(), 1);
    crossed += bob.count<Answered>();
  }
  EXPECT_GE(crossed, 90);
}

TEST(SipSessionsOverALossyLink, AVanishedPeerIsNoticedByTheSessionTimer) {
  TwoPhones world({.delay = 10ms}, 1);
  auto& [alice, bob] = world.phones;
  alice.call(world.clock.now());
  world.run(1s);
  bob.session()->answer(world.clock.now());
  world.run(1s);
  ASSERT_TRUE(world.established());
  world.link = LossyLink({.loss = 1.0}, 1);
  world.run(2000s);
  EXPECT_EQ(alice.session()->state(), State::ended);  // rule S9
  EXPECT_EQ(bob.session()->state(), State::ended);
}

}  // namespace
}  // namespace belfry::sip
