#include "media/stream_clock.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t ssrc = 7;

/// A sender whose clock is off by `ppm`, over a network that holds packets up by 30 ms and up to
/// `jitter` more.
struct Sender {
  base::Instant start{1h};
  double ppm = 0;
  base::Duration jitter{0};
  std::uint32_t first = 0xFFFFF000;  // wraps soon
  base::SeededRandom random{3};

  base::Instant sent(int packet) const {
    return start + base::Duration{std::llround(packet * 20e6 / (1 + ppm * 1e-6))};
  }
  std::uint32_t timestamp(int packet) const {
    return first + static_cast<std::uint32_t>(packet) * 160;
  }
  void send(StreamClock& clock, int packet) {
    const base::Duration late{std::llround(random.unit() * static_cast<double>(jitter.count()))};
    clock.handle_packet(ssrc, timestamp(packet), sent(packet) + 30ms + late);
  }
};

double error_ms(const StreamClock& clock, const Sender& sender, int packet) {
  const auto time = *clock.time_of(sender.timestamp(packet)) - (sender.sent(packet) + 30ms);
  return static_cast<double>(time.count()) / 1e6;
}

TEST(StreamClock, SeesThroughJitter) {
  StreamClock clock;
  Sender sender{.jitter = 40ms};
  EXPECT_FALSE(clock.time_of(0));
  for (int packet = 0; packet < 3000; ++packet) {
    sender.send(clock, packet);
    if (packet > 150) EXPECT_NEAR(error_ms(clock, sender, packet), 0, 2) << packet;
  }
  EXPECT_NEAR(static_cast<double>(clock.drift().count()) / 1e6, 0, 2);
}

TEST(StreamClock, FollowsASenderWhoseClockRunsFastOrSlow) {
  for (const double ppm : {-200.0, 200.0}) {
    StreamClock clock;
    Sender sender{.ppm = ppm, .jitter = 10ms};
    constexpr int minutes = 10;
    for (int packet = 0; packet < minutes * 3000; ++packet) {
      sender.send(clock, packet);
      if (packet > 500) EXPECT_NEAR(error_ms(clock, sender, packet), 0, 2) << ppm << " " << packet;
    }
    EXPECT_NEAR(static_cast<double>(clock.drift().count()) / 1e6, ppm * 60e-3 * minutes, 4);
  }
}

/// A machine that is busy sends everything late for a while. That is no drift: what is recorded of
/// it stays where it was said.
TEST(StreamClock, ASenderThatIsBehindForSecondsIsNotMoved) {
  StreamClock clock;
  const Sender sender;
  for (int packet = 0; packet < 3000; ++packet) {
    const bool behind = packet >= 1000 && packet < 1300;  // 6 s
    const base::Duration late = behind ? 30ms : 0ms;
    clock.handle_packet(ssrc, sender.timestamp(packet), sender.sent(packet) + 30ms + late);
    EXPECT_NEAR(error_ms(clock, sender, packet), 0, 1) << packet;
  }
}

TEST(StreamClock, ALongerWayIsFollowedInTheEnd) {
  StreamClock clock;
  Sender sender{.jitter = 10ms};
  for (int packet = 0; packet < 1000; ++packet) sender.send(clock, packet);
  sender.start += 30ms;
  for (int packet = 1000; packet < 3000; ++packet) {
    sender.send(clock, packet);
    if (packet > 2500) EXPECT_NEAR(error_ms(clock, sender, packet), 0, 2) << packet;
  }
}

TEST(StreamClock, BeginsAnewWithANewSourceOrAJump) {
  StreamClock clock;
  const base::Instant now{1h};
  clock.handle_packet(ssrc, 1000, now);
  clock.handle_packet(ssrc, 1160, now + 20ms);
  EXPECT_EQ(clock.time_of(1000 + 8000), now + 1s);
  clock.handle_packet(ssrc, 900'000, now + 40ms);
  EXPECT_EQ(clock.time_of(900'000), now + 40ms);
  clock.handle_packet(ssrc + 1, 5, now + 60ms);
  EXPECT_EQ(clock.time_of(5), now + 60ms);
}

}  // namespace
}  // namespace belfry::media
