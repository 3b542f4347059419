#include <gtest/gtest.h>

#include "rtp/telephone_event.hpp"

#include <set>

#include "base/random.hpp"

namespace belfry::rtp {
namespace {

using namespace std::chrono_literals;
using base::Instant;

constexpr Instant start{1h};

struct Sent {
  DigitSender::Packet packet;
  int tick;
  TelephoneEvent event() const { return *parse_telephone_event(packet.payload); }
};

std::vector<Sent> send(std::string_view digits, int ticks = 4000) {
  DigitSender sender;
  for (const char digit : digits) EXPECT_TRUE(sender.enqueue(digit));
  std::vector<Sent> sent;
  for (int tick = 0; tick < ticks && sender.active(); ++tick) {
    if (const auto packet = sender.tick(0xFFFFFF00u + tick * 160u)) sent.push_back({*packet, tick});
  }
  EXPECT_FALSE(sender.active());
  return sent;
}

struct Heard {
  std::string pressed, released;
  std::vector<base::Duration> lengths;

  void take(DigitReceiver& receiver) {
    while (const auto event = receiver.poll_event()) {
      if (const auto* press = std::get_if<DigitPressed>(&*event)) {
        pressed += press->digit;
      } else {
        released += std::get<DigitReleased>(*event).digit;
        lengths.push_back(std::get<DigitReleased>(*event).length);
      }
    }
  }
};

Heard receive(const std::vector<Sent>& packets) {
  DigitReceiver receiver;
  Heard heard;
  Instant now = start;
  for (const Sent& sent : packets) {
    now = std::max(now, start + sent.tick * 20ms);
    receiver.handle_packet(sent.packet.timestamp, sent.packet.payload, now);
    heard.take(receiver);
  }
  if (const auto timeout = receiver.next_timeout()) receiver.handle_timeout(*timeout);
  heard.take(receiver);
  return heard;
}

TEST(DigitSender, SendsOneDigitAsTheStandardShows) {
  const auto sent = send("5");
  ASSERT_EQ(sent.size(), 7u);  // 100 ms: five, of which the last is the end, and two more ends
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].tick, static_cast<int>(i));
    EXPECT_EQ(sent[i].packet.timestamp, 0xFFFFFF00u);
    EXPECT_EQ(sent[i].packet.marker, i == 0);
    EXPECT_EQ(sent[i].event().event, 5);
    EXPECT_EQ(sent[i].event().end, i >= 4);
    EXPECT_EQ(sent[i].event().duration, 160 * std::min<std::size_t>(i + 1, 5));
  }
}

TEST(DigitSender, LeavesAGapOfFiftyMillisecondsBetweenDigits) {
  const auto sent = send("11");
  ASSERT_EQ(sent.size(), 14u);
  EXPECT_EQ(sent[7].tick, 8);  // the first ended with tick 4: three ticks of rest
  EXPECT_TRUE(sent[7].packet.marker);
  EXPECT_EQ(sent[7].packet.timestamp - sent[0].packet.timestamp, 8u * 160);
}

TEST(DigitSender, PausesForHalfASecond) {
  const auto sent = send("w1");
  EXPECT_EQ(sent.front().tick, 25);
}

TEST(DigitSender, TakesOnlyDigitsAndNotMoreThanItCanHold) {
  DigitSender sender;
  EXPECT_FALSE(sender.enqueue('x'));
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(sender.enqueue('*'));
  EXPECT_FALSE(sender.enqueue('*'));
  sender.clear();
  EXPECT_FALSE(sender.active());
}

constexpr std::string_view all_digits = "0123456789*#ABCD";

TEST(DigitReceiver, HearsEachDigitOnceWithItsLength) {
  const auto heard = receive(send(all_digits));
  EXPECT_EQ(heard.pressed, all_digits);
  EXPECT_EQ(heard.released, all_digits);
  for (const auto length : heard.lengths) EXPECT_EQ(length, 100ms);
}

TEST(DigitReceiver, HearsADigitOnceWhicheverOfItsPacketsArrive) {
  const auto sent = send("7");
  for (unsigned pattern = 1; pattern < 1u << 7; ++pattern) {
    std::vector<Sent> arrived;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if ((pattern >> i & 1) != 0) arrived.push_back(sent[i]);
    }
    const auto heard = receive(arrived);
    EXPECT_EQ(heard.pressed, "7") << pattern;
    EXPECT_EQ(heard.released, "7") << pattern;
  }
}

TEST(DigitReceiver, HearsEachDigitOnceAtThirtyPercentLossWithDuplicatesAndReordering) {
  const std::string dialled = "1122334455667788990*#";
  const auto sent = send(dialled);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::SeededRandom random(seed);
    std::vector<Sent> arrived;
    std::set<std::uint32_t> presses;
    for (const Sent& each : sent) {
      const std::uint32_t press = each.packet.timestamp;
      const bool last = &each == &sent.back() || (&each)[1].packet.timestamp != press;
      const bool last_chance = last && !presses.contains(press);
      if (random.unit() < 0.3 && !last_chance) continue;
      presses.insert(press);
      arrived.push_back(each);
      if (random.unit() < 0.1) arrived.push_back(each);
      const std::size_t size = arrived.size();
      if (size > 1 && random.unit() < 0.1 && arrived[size - 2].packet.timestamp == press)
        std::swap(arrived[size - 1], arrived[size - 2]);
    }
    const auto heard = receive(arrived);
    EXPECT_EQ(heard.pressed, dialled) << seed;
    EXPECT_EQ(heard.released, dialled) << seed;
  }
}

TEST(DigitReceiver, ReleasesADigitWhoseEndIsLost) {
  DigitReceiver receiver;
  const auto sent = send("3");
  for (int i = 0; i < 3; ++i)
    receiver.handle_packet(sent[0].packet.timestamp, sent[i].packet.payload, start + i * 20ms);
  ASSERT_TRUE(receiver.next_timeout());
  Heard heard;
  heard.take(receiver);
  EXPECT_EQ(heard.pressed, "3");
  EXPECT_EQ(heard.released, "");
  receiver.handle_timeout(*receiver.next_timeout());
  heard.take(receiver);
  EXPECT_EQ(heard.released, "3");
  EXPECT_EQ(heard.lengths.front(), 60ms);
  // Its end, should it come after all, is not a second press.
  receiver.handle_packet(sent[6].packet.timestamp, sent[6].packet.payload, start + 2s);
  EXPECT_FALSE(receiver.poll_event());
}

TEST(DigitReceiver, TakesSegmentsOfALongPressForOnePress) {  // RFC 4733 2.5.1.3
  DigitReceiver receiver;
  Heard heard;
  Instant now = start;
  const auto give = [&](std::uint32_t timestamp, int duration, bool end) {
    now += 50ms;
    receiver.handle_packet(
        timestamp,
        write_telephone_event(
            {.event = 1, .end = end, .duration = static_cast<std::uint16_t>(duration)}
        ),
        now
    );
    heard.take(receiver);
  };
  for (int duration = 400; duration < 0xFFFF; duration += 400) give(1000, duration, false);
  give(1000, 0xFFFF, false);
  for (int duration = 400; duration <= 16000; duration += 400) give(1000 + 0xFFFF, duration, false);
  give(1000 + 0xFFFF, 16001, true);
  EXPECT_EQ(heard.pressed, "1");
  EXPECT_EQ(heard.released, "1");
  EXPECT_EQ(heard.lengths.front(), 10192ms);  // (65535 + 16001) / 8 kHz
}

TEST(DigitReceiver, IgnoresOtherEventsAndBrokenPayloads) {
  DigitReceiver receiver;
  receiver.handle_packet(1, write_telephone_event({.event = 16, .duration = 160}), start);
  receiver.handle_packet(2, std::vector<std::byte>(3), start);
  receiver.handle_packet(3, {}, start);
  EXPECT_FALSE(receiver.poll_event());
}

TEST(DigitReceiver, HearsANewSourceWhoseTimestampsAreOlder) {
  DigitReceiver receiver;
  Heard heard;
  const auto payload = write_telephone_event({.event = 4, .end = true, .duration = 800});
  receiver.handle_packet(0x50000000, payload, start);
  receiver.reset();
  receiver.handle_packet(0x10000000, payload, start + 1s);
  heard.take(receiver);
  EXPECT_EQ(heard.pressed, "44");
}

}  // namespace
}  // namespace belfry::rtp
