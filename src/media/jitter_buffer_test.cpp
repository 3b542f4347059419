#include <gtest/gtest.h>

#include "media/jitter_buffer.hpp"

#include <map>

#include "base/random.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::Instant;

constexpr Instant start{1h};

/// A sender behind a network that loses, delays and so reorders; time is virtual. Every frame of
/// 160 bytes carries its own number in its first four.
class LossyLink {
 public:
  struct Settings {
    double loss = 0;
    Duration jitter{0};
    std::uint16_t first_sequence = 65500;        // wraps soon
    std::uint32_t first_timestamp = 4294960000;  // so does this one
    std::size_t packet_bytes = 160;
    double duplicates = 0;
  };
  LossyLink(const Settings& settings, std::uint64_t seed) : settings_(settings), random_(seed) {}

  /// Sends the packet that begins at `byte` of the stream, at its time.
  void send(std::size_t byte, Duration extra = {}) {
    const auto number = static_cast<std::uint16_t>(byte / settings_.packet_bytes);
    if (random_.unit() < settings_.loss) {
      lost_.push_back(byte);
      return;
    }
    const Duration sent = Duration{static_cast<std::int64_t>(byte) * 125'000};  // 8 bytes a ms
    const Duration delay{static_cast<std::int64_t>(random_.below(settings_.jitter.count() + 1))};
    Packet packet{byte, static_cast<std::uint16_t>(settings_.first_sequence + number)};
    in_flight_.emplace(start + sent + delay + extra, packet);
    ++arriving_;
    if (random_.unit() < settings_.duplicates)
      in_flight_.emplace(start + sent + delay + extra + 7ms, packet);
  }
  void deliver(JitterBuffer& buffer, Instant now) {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now) {
      const auto [at, packet] = *in_flight_.begin();
      in_flight_.erase(in_flight_.begin());
      std::vector<std::byte> payload(settings_.packet_bytes);
      for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = byte_at(packet.byte + i);
      buffer.insert(
          {.ssrc = 7,
           .sequence = packet.sequence,
           .timestamp = settings_.first_timestamp + static_cast<std::uint32_t>(packet.byte),
           .payload = payload},
          at
      );
    }
  }
  /// Which byte of the stream has this timestamp.
  std::size_t byte_of(std::uint32_t timestamp) const {
    return timestamp - settings_.first_timestamp;
  }
  static std::byte byte_at(std::size_t n) { return static_cast<std::byte>(n * 2654435761u >> 13); }
  std::size_t arriving() const { return arriving_; }
  const std::vector<std::size_t>& lost() const { return lost_; }

 private:
  struct Packet {
    std::size_t byte;
    std::uint16_t sequence;
  };
  Settings settings_;
  base::SeededRandom random_;
  std::multimap<Instant, Packet> in_flight_;
  std::size_t arriving_ = 0;
  std::vector<std::size_t> lost_;
};

/// Ticks every 20 ms and checks that what is played is what was sent, once and in order.
struct Listener {
  JitterBuffer buffer;
  std::size_t next_byte = 0;
  std::size_t bytes = 0, frames = 0, lost = 0, silent = 0;

  void tick(LossyLink& link, Instant now) {
    link.deliver(buffer, now);
    const auto out = buffer.pop(now);
    if (std::holds_alternative<Silence>(out)) return void(++silent);
    if (std::holds_alternative<Lost>(out)) return void(++lost);
    const auto& frame = std::get<EncodedFrame>(out);
    const std::size_t begin = link.byte_of(frame.timestamp);
    ASSERT_GE(begin, next_byte) << "played twice or out of order";
    for (std::size_t i = 0; i < frame.payload.size(); ++i)
      ASSERT_EQ(frame.payload[i], LossyLink::byte_at(begin + i));
    next_byte = begin + frame.payload.size();
    bytes += frame.payload.size();
    ++frames;
  }
  void run(LossyLink& link, Duration from, Duration to) {
    for (Duration at = from; at < to; at += 20ms) tick(link, start + at + 3ms);
  }
};

JitterBuffer::Settings fixed(Duration delay) {
  JitterBuffer::Settings settings;
  settings.initial = settings.minimum = settings.maximum = delay;
  return settings;
}

TEST(JitterBuffer, PlaysEveryFrameThatArrivesOnceAndInOrderUnderLossAndJitter) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    LossyLink link({.loss = 0.05, .jitter = 60ms, .duplicates = 0.02}, seed);
    for (std::size_t n = 0; n < 3000; ++n) link.send(n * 160);
    Listener listener{JitterBuffer(fixed(80ms))};
    listener.run(link, 0s, 61s);
    const auto& counters = listener.buffer.counters();
    EXPECT_EQ(listener.frames, link.arriving()) << seed;
    EXPECT_EQ(counters.late, 0u) << seed;
    EXPECT_GT(counters.reordered, 100u) << seed;
    EXPECT_GT(counters.duplicates, 20u) << seed;
    // Losses before the first and after the last packet are not seen; the end is concealed a while.
    EXPECT_NEAR(static_cast<double>(listener.lost), static_cast<double>(link.lost().size()), 7.0);
  }
}

TEST(JitterBuffer, LosesAlmostNothingWhileItFollowsTheJitter) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    LossyLink link({.loss = 0.05, .jitter = 60ms}, seed);
    for (std::size_t n = 0; n < 3000; ++n) link.send(n * 160);
    Listener listener{JitterBuffer()};
    listener.run(link, 0s, 61s);
    const auto& counters = listener.buffer.counters();
    EXPECT_EQ(counters.played + counters.skipped + counters.late, link.arriving()) << seed;
    EXPECT_LT(counters.late + counters.skipped, 30u) << seed;  // 1 % of 3,000
  }
}

TEST(JitterBuffer, GrowsWithTheJitterAndShrinksAfterwards) {
  LossyLink link({}, 3);
  base::SeededRandom random(5);
  for (std::size_t n = 0; n < 4000; ++n) {
    const bool storm = n >= 1000 && n < 2000;
    link.send(n * 160, storm ? Duration(random.below(120'000'000)) : Duration{});
  }
  Listener listener{JitterBuffer()};
  listener.run(link, 0s, 19s);
  EXPECT_EQ(listener.buffer.target_delay(), 40ms);
  EXPECT_EQ(listener.lost, 0u);
  listener.run(link, 19s, 39s);
  EXPECT_GT(listener.buffer.target_delay(), 90ms);
  const auto late_in_storm = listener.buffer.counters().late;
  EXPECT_LT(late_in_storm, 30u);
  listener.run(link, 39s, 79s);
  EXPECT_LT(listener.buffer.target_delay(), 60ms);
  EXPECT_EQ(listener.buffer.counters().late, late_in_storm);
  EXPECT_GT(listener.buffer.counters().skipped, 0u);
}

TEST(JitterBuffer, MissesLittleOfAStreamThatIsLaterFromNowOn) {
  for (const Duration shift : {6ms, 11ms, 16ms, 20ms, 26ms, 40ms}) {
    LossyLink link({}, 1);
    for (std::size_t n = 0; n < 500; ++n) link.send(n * 160, n < 250 ? Duration{} : shift);
    Listener listener{JitterBuffer({.initial = 20ms, .minimum = 5ms})};
    for (Duration at{}; at < 10s; at += 20ms) listener.run(link, at, at + 20ms);
    EXPECT_LE(listener.buffer.counters().late, 4u) << shift.count();
  }
}

TEST(JitterBuffer, GrowsNoFurtherThanTheJitterWhereItBeganWithLess) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    LossyLink link({.loss = 0.05}, seed);
    base::SeededRandom random(seed);
    for (std::size_t n = 0; n < 500; ++n)
      link.send(n * 160, n < 10 ? Duration{} : Duration(random.below(60'000'000)));
    Listener listener{JitterBuffer({.initial = 20ms, .minimum = 5ms})};
    Duration greatest{};
    for (Duration at{}; at < 9s; at += 20ms) {
      listener.run(link, at, at + 20ms);
      greatest = std::max(greatest, listener.buffer.target_delay());
    }
    EXPECT_LT(greatest, 120ms) << seed;
    EXPECT_LT(listener.buffer.counters().late, 25u) << seed;
  }
}

TEST(JitterBuffer, CutsPacketsOfAnyLengthIntoFrames) {
  for (const std::size_t bytes : {80u, 240u, 320u, 480u, 40u}) {
    LossyLink link({.jitter = 10ms, .packet_bytes = bytes}, 1);
    for (std::size_t at = 0; at < 160 * 500; at += bytes) link.send(at);
    auto settings = fixed(100ms);
    settings.capacity = 128;
    Listener listener{JitterBuffer(settings)};
    listener.run(link, 0s, 11s);
    EXPECT_GE(listener.bytes, 160u * 500) << bytes;
    EXPECT_LE(listener.lost, 6u) << bytes;
  }
}

std::vector<std::byte> payload(std::size_t size = 160) {
  return std::vector<std::byte>(size, std::byte{1});
}

bool give(
    JitterBuffer& buffer, std::uint16_t sequence, std::uint32_t timestamp, Duration at,
    std::uint32_t ssrc = 1
) {
  const auto bytes = payload();
  return buffer.insert(
      {.ssrc = ssrc, .sequence = sequence, .timestamp = timestamp, .payload = bytes}, start + at
  );
}

enum class Heard { frame, lost, silence };
Heard heard(JitterBuffer& buffer, Duration at) {
  return static_cast<Heard>(buffer.pop(start + at).index());
}

TEST(JitterBuffer, TellsAPauseOfTheSenderFromALoss) {
  JitterBuffer buffer(fixed(40ms));
  EXPECT_EQ(heard(buffer, 0ms), Heard::silence);
  give(buffer, 10, 0, 0ms);
  give(buffer, 11, 160 * 3, 60ms);  // numbers go on, time jumps: it was silent
  give(buffer, 13, 160 * 5, 70ms);  // a number is missing
  EXPECT_EQ(heard(buffer, 80ms), Heard::frame);
  EXPECT_EQ(heard(buffer, 100ms), Heard::silence);
  EXPECT_EQ(heard(buffer, 120ms), Heard::silence);
  EXPECT_EQ(heard(buffer, 140ms), Heard::frame);
  EXPECT_EQ(heard(buffer, 160ms), Heard::lost);
  EXPECT_EQ(heard(buffer, 180ms), Heard::frame);
}

TEST(JitterBuffer, DoesNotTakeTelephoneEventsForLosses) {
  JitterBuffer buffer(fixed(40ms));
  give(buffer, 1, 0, 0ms);
  buffer.skip(2);
  buffer.skip(3);
  give(buffer, 4, 480, 60ms);
  EXPECT_EQ(heard(buffer, 60ms), Heard::frame);
  EXPECT_EQ(heard(buffer, 80ms), Heard::silence);
  EXPECT_EQ(heard(buffer, 100ms), Heard::silence);
  EXPECT_EQ(heard(buffer, 120ms), Heard::frame);
}

TEST(JitterBuffer, StopsConcealingWhenTheStreamEnds) {
  JitterBuffer buffer(fixed(40ms));
  give(buffer, 1, 0, 0ms);
  EXPECT_EQ(heard(buffer, 40ms), Heard::frame);
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(heard(buffer, 40ms + i * 20ms), Heard::lost) << i;
  for (int i = 6; i <= 50; ++i) EXPECT_EQ(heard(buffer, 40ms + i * 20ms), Heard::silence) << i;
}

TEST(JitterBuffer, StartsAnewWithANewSource) {
  JitterBuffer buffer(fixed(40ms));
  give(buffer, 1, 0, 0ms);
  give(buffer, 40000, 0x90000000, 20ms, 2);
  EXPECT_EQ(heard(buffer, 60ms), Heard::frame);
  EXPECT_EQ(buffer.counters().restarts, 1u);
}

TEST(JitterBuffer, AStrayPacketFromAnotherTimeChangesNothingButTwoInSequenceDo) {
  JitterBuffer buffer(fixed(40ms));
  give(buffer, 1, 0, 0ms);
  EXPECT_FALSE(give(buffer, 900, 1'000'000, 10ms));
  EXPECT_TRUE(give(buffer, 2, 160, 20ms));
  EXPECT_EQ(heard(buffer, 40ms), Heard::frame);
  EXPECT_EQ(heard(buffer, 60ms), Heard::frame);
  EXPECT_FALSE(give(buffer, 3, 2'000'000, 70ms));
  EXPECT_TRUE(give(buffer, 4, 2'000'160, 90ms));
  EXPECT_EQ(buffer.counters().restarts, 1u);
  EXPECT_EQ(heard(buffer, 130ms), Heard::frame);
}

TEST(JitterBuffer, FollowsAStreamWhoseTimestampsStoodStillDuringAPause) {
  JitterBuffer buffer(fixed(40ms));
  give(buffer, 1, 0, 0ms);
  for (Duration at = 40ms; at < 700ms; at += 20ms) heard(buffer, at);
  int accepted = 0;
  for (std::uint16_t n = 0; n < 10; ++n) {
    accepted += give(buffer, 2 + n, 160 + 160u * n, 700ms + n * 20ms) ? 1 : 0;
    heard(buffer, 701ms + n * 20ms);
  }
  EXPECT_GE(accepted, 5);
  EXPECT_EQ(heard(buffer, 901ms), Heard::frame);
}

TEST(JitterBuffer, RecoversTheDelayAtOnceAfterABlackout) {
  LossyLink link({}, 1);
  for (std::size_t n = 0; n < 1000; ++n) {
    const bool blackout = n >= 200 && n < 350;  // 3 s of packets, all arriving at its end
    link.send(n * 160, Duration(blackout ? 350 - n : 0) * 20'000'000);
  }
  Listener listener{JitterBuffer()};
  listener.run(link, 0s, 9s);
  const std::size_t played = listener.frames;
  const std::size_t behind = 9 * 8000 - listener.next_byte;
  EXPECT_LT(behind, 8000u / 3);  // a third of a second
  listener.run(link, 9s, 19s);
  EXPECT_GT(listener.frames - played, 480u);
  EXPECT_LT(19 * 8000 - listener.next_byte, 8000u / 5);
}

TEST(JitterBuffer, HoldsAtMostOneSecondWhateverComes) {  // rule M7
  auto settings = JitterBuffer::Settings();
  settings.maximum = 5s;
  settings.capacity = 1024;
  JitterBuffer buffer(settings);
  for (std::uint16_t n = 0; n < 1000; ++n) give(buffer, n, n * 160u, 0ms);
  EXPECT_LE(buffer.counters().inserted, 51u + buffer.counters().restarts * 51u);
  EXPECT_LE(buffer.target_delay(), 1s);
}

TEST(JitterBuffer, RefusesWhatItsSlotsCannotHold) {
  JitterBuffer buffer;
  const auto large = payload(1276);
  EXPECT_FALSE(buffer.insert({.ssrc = 1, .payload = large}, start));
  EXPECT_FALSE(buffer.insert({.ssrc = 1, .payload = {}}, start));
  EXPECT_EQ(buffer.counters().refused, 2u);
}

TEST(JitterBuffer, KeepsWhatWaitsWhenItsMemoryIsFull) {
  auto settings = fixed(200ms);
  settings.largest_payload = 480;
  settings.storage_bytes = 1000;  // two packets of 480 bytes and a bit
  JitterBuffer buffer(settings);
  std::array<std::vector<std::byte>, 3> sent;
  std::size_t kept = 0;
  for (std::uint16_t i = 0; i < 3; ++i) {
    sent[i].assign(480, static_cast<std::byte>(i + 1));
    const bool inserted = buffer.insert(
        {.ssrc = 1, .sequence = i, .timestamp = i * 480u, .payload = sent[i]}, start + i * 60ms
    );
    kept += inserted ? 1 : 0;
  }
  EXPECT_EQ(kept, 2u);
  EXPECT_EQ(buffer.counters().refused, 1u);
  for (int tick = 0; tick < 6; ++tick) {
    const auto due = buffer.pop(start + 200ms + tick * 20ms);
    const auto* frame = std::get_if<EncodedFrame>(&due);
    ASSERT_NE(frame, nullptr) << tick;
    EXPECT_EQ(frame->payload.size(), 160u);
    EXPECT_EQ(frame->payload.front(), sent[static_cast<std::size_t>(tick / 3)].front());
  }
}

TEST(JitterBuffer, FollowsAClockThatDriftsWithoutLosingPackets) {
  for (const double drift : {-0.001, 0.001}) {
    JitterBuffer buffer;
    const auto bytes = payload();
    std::size_t played = 0;
    std::uint16_t sent = 0;
    const double interval = 20e6 * (1 + drift);
    for (int tick = 0; tick < 50 * 300; ++tick) {
      const Duration now = tick * 20ms;
      while (sent * interval <= static_cast<double>(now.count())) {
        buffer.insert(
            {.ssrc = 1, .sequence = sent, .timestamp = sent * 160u, .payload = bytes},
            start + Duration(static_cast<std::int64_t>(sent * interval))
        );
        ++sent;
      }
      played += heard(buffer, now) == Heard::frame ? 1 : 0;
    }
    EXPECT_LT(buffer.counters().late, 3u) << drift;
    EXPECT_EQ(buffer.counters().lost, 0u) << drift;
    EXPECT_GT(played, 14900u) << drift;
  }
}

}  // namespace
}  // namespace belfry::media
