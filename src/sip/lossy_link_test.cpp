// Both sides of the transaction layer, joined by a network that loses, doubles and reorders.
#include "sip/lossy_link.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "sip/transaction_layer.hpp"

namespace belfry::sip {
namespace {

using base::Instant;
using base::VirtualClock;
using namespace std::chrono_literals;

const std::array<Endpoint, 2> ends = {Endpoint{"192.0.2.1", 5060}, Endpoint{"192.0.2.2", 5060}};

TransactionLayer::Settings settings() {
  TransactionLayer::Settings ours;
  ours.tag_key = "0123456789abcdef0123456789abcdef";
  return ours;
}

/// End 0 asks, end 1 answers with `final_status`.
struct World {
  VirtualClock clock;
  base::SeededRandom random;
  LossyLink link;
  std::array<TransactionLayer, 2> layers;
  int final_status;
  std::optional<ReliableFinal> repeated_final;
  ServerId answered;
  std::string answer_text;
  int requests = 0, finals = 0, timeouts = 0, acks = 0, acks_missing = 0, surrendered = 0;

  World(LossyLink::Weather weather, std::uint64_t seed, int status)
      : random(seed),
        link(weather, seed * 7919),
        layers{TransactionLayer(settings(), random), TransactionLayer(settings(), random)},
        final_status(status) {}

  Flow flow(int from) const {
    return {
        Transport::udp, ends[static_cast<std::size_t>(from)],
        ends[static_cast<std::size_t>(1 - from)], 0
    };
  }
  TransactionLayer& layer(int end) { return layers[static_cast<std::size_t>(end)]; }

  void start(Method method) {
    MessageBuilder builder = MessageBuilder::request(to_string(method), "sip:bob@192.0.2.2");
    builder.add(HeaderId::from, "<sip:a@192.0.2.1>;tag=a").add(HeaderId::to, "<sip:b@192.0.2.2>");
    builder.add(HeaderId::call_id, "c").add(HeaderId::cseq, "1 " + std::string(to_string(method)));
    ASSERT_TRUE(layer(0).send_request(builder.build(), flow(0), clock.now()));
  }

  void on_request(const RequestArrived& arrived) {
    ++requests;
    answered = arrived.transaction;
    const Message answer =
        response_to(arrived.request, final_status, layer(1).to_tag(arrived.request)).build();
    answer_text = answer.text();
    EXPECT_TRUE(layer(1).respond(arrived.transaction, answer, clock.now()));
    if (arrived.request.method() == Method::invite && final_status < 300)
      repeated_final.emplace(TransactionTimers{}, clock.now());
  }

  void on_response(const ResponseArrived& arrived) {
    if (arrived.response.status() < 200) return;
    ++finals;
    if (arrived.response.cseq()->method() != Method::invite || final_status >= 300) return;
    MessageBuilder ack = MessageBuilder::request("ACK", "sip:bob@192.0.2.2");
    ack.copy(arrived.response, HeaderId::from).copy(arrived.response, HeaderId::to);
    ack.copy(arrived.response, HeaderId::call_id).add(HeaderId::cseq, "1 ACK");
    layer(0).send_ack(ack.build(), flow(0));
  }

  void drain() {
    for (int end : {0, 1}) {
      while (const auto event = layer(end).poll_event()) {
        if (const auto* request = std::get_if<RequestArrived>(&*event)) on_request(*request);
        if (const auto* response = std::get_if<ResponseArrived>(&*event)) on_response(*response);
        timeouts += std::holds_alternative<ClientTimedOut>(*event);
        acks_missing += std::holds_alternative<AckMissing>(*event);
        if (!std::holds_alternative<AckArrived>(*event)) continue;
        ++acks;
        if (repeated_final) repeated_final->handle_ack();
      }
      while (const auto out = layer(end).poll_transmit())
        link.send(1 - end, out->bytes, clock.now());
    }
  }

  void repeat_final() {
    repeated_final->handle_timeout(clock.now());
    if (repeated_final->poll_transmit()) {
      const Parsed again = parse(answer_text, Framing::datagram);
      layer(1).respond(answered, again.message, clock.now());
    }
    surrendered += repeated_final->poll_event().has_value();
  }

  void run() {
    drain();
    while (true) {
      Instant next = link.next_delivery();
      for (int end : {0, 1}) next = std::min(next, layer(end).next_timeout().value_or(never));
      if (repeated_final) next = std::min(next, repeated_final->next_timeout().value_or(never));
      if (next == never) return;
      clock.advance_to(next);
      if (link.next_delivery() <= clock.now()) {
        const LossyLink::Delivery arrived = link.take();
        layer(arrived.to)
            .handle_datagram(base::as_bytes(arrived.bytes), flow(arrived.to), clock.now());
      }
      for (int end : {0, 1}) layer(end).handle_timeout(clock.now());
      if (repeated_final) repeat_final();
      drain();
    }
  }
};

constexpr LossyLink::Weather storm{0.3, 0.2, 40ms, 900ms};

void expect_clean(World& world) {
  EXPECT_EQ(world.layer(0).client_count(), 0U);
  EXPECT_EQ(world.layer(1).server_count(), 0U);
  EXPECT_LE(world.clock.elapsed(), 120s);
}

TEST(SipLossyLink, ARequestIsSeenOnceAndAnsweredInEverySeed) {
  int timeouts = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    World world(storm, seed, 200);
    world.start(Method::options);
    world.run();
    EXPECT_LE(world.requests, 1) << seed;
    EXPECT_EQ(world.finals + world.timeouts, 1) << seed;
    timeouts += world.timeouts;
    expect_clean(world);
  }
  EXPECT_LE(timeouts, 3) << "eleven tries against 30 % loss";
}

TEST(SipLossyLink, AnAcceptedInviteIsAcknowledgedInEverySeed) {
  int failures = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    World world(storm, seed, 200);
    world.start(Method::invite);
    world.run();
    EXPECT_LE(world.requests, 1) << seed;
    EXPECT_TRUE(world.finals >= 1 || world.timeouts == 1) << seed;
    EXPECT_TRUE(world.finals == 0 || world.timeouts == 0) << seed;
    failures += world.timeouts + world.surrendered;
    expect_clean(world);
  }
  EXPECT_LE(failures, 6);
}

TEST(SipLossyLink, ARefusedInviteEndsOnBothSidesInEverySeed) {
  int failures = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    World world(storm, seed, 486);
    world.start(Method::invite);
    world.run();
    EXPECT_LE(world.requests, 1) << seed;
    EXPECT_EQ(world.finals + world.timeouts, 1) << seed;
    EXPECT_EQ(world.acks, 0) << "ACKs to failures stay in the layer";
    failures += world.timeouts + world.acks_missing;
    expect_clean(world);
  }
  EXPECT_LE(failures, 6);
}

TEST(SipLossyLink, TheSameSeedGivesTheSameRun) {
  World first(storm, 42, 200);
  World second(storm, 42, 200);
  for (World* world : {&first, &second}) {
    world->start(Method::invite);
    world->run();
  }
  EXPECT_EQ(first.clock.elapsed(), second.clock.elapsed());
  EXPECT_EQ(first.acks, second.acks);
}

TEST(SipLossyLink, InFairWeatherNothingIsSentTwice) {
  World world({0, 0, 40ms, 0ms}, 1, 200);
  world.start(Method::invite);
  world.run();
  EXPECT_EQ(world.finals, 1);
  EXPECT_EQ(world.acks, 1);
  EXPECT_EQ(world.surrendered, 0);
  expect_clean(world);
}

}  // namespace
}  // namespace belfry::sip
