#include <gtest/gtest.h>

#include "media/player.hpp"

#include <cmath>

#include "media/dtmf.hpp"
#include "media/level.hpp"
#include "media/testing.hpp"
#include "media/tone_meter.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
using testing::largest_step;

PcmClipPtr clip_of(const Tone& tone, base::Duration length, SampleRate rate = narrowband) {
  return std::make_shared<const PcmClip>(PcmClip{rate, testing::render(tone, rate, length)});
}

std::vector<Sample> play(Player& player, int ticks, SampleRate rate = narrowband) {
  std::vector<Sample> heard;
  for (int i = 0; i < ticks; ++i) {
    Frame frame(rate);
    player.next_frame(frame.samples());
    heard.insert(heard.end(), frame.samples().begin(), frame.samples().end());
  }
  return heard;
}

/// `1+` started, `1.` finished, `1x` stopped.
std::string story(Player& player) {
  std::string text;
  while (const auto event = player.poll_event()) {
    text += std::to_string(event->id.value);
    text += "+.x"[static_cast<std::size_t>(event->kind)];
  }
  return text;
}

TEST(Player, PlaysItemsInOrderWithoutAGapAndTellsWhenEachBeganAndEnded) {
  Player player(narrowband);
  EXPECT_TRUE(player.enqueue(PlayId{1}, PlayClip{clip_of(sine(440), 50ms)}));
  EXPECT_TRUE(player.enqueue(PlayId{2}, PlaySilence{30ms}));
  EXPECT_TRUE(player.enqueue(PlayId{3}, PlayTone{sine(880), 40ms}));
  EXPECT_EQ(story(player), "");
  auto heard = play(player, 1);
  EXPECT_EQ(story(player), "1+");
  auto more = play(player, 2);
  EXPECT_EQ(story(player), "1.2+");
  heard.insert(heard.end(), more.begin(), more.end());
  more = play(player, 4);
  EXPECT_EQ(story(player), "2.3+3.");
  heard.insert(heard.end(), more.begin(), more.end());
  const ConstSamples all(heard);
  EXPECT_GT(tone_share(all.first(400), narrowband, 440), 0.9);
  EXPECT_EQ(level_dbov(all.subspan(400, 240)), silence_dbov);
  EXPECT_GT(tone_share(all.subspan(640, 320), narrowband, 880), 0.9);
  EXPECT_EQ(level_dbov(all.subspan(960)), silence_dbov);
  EXPECT_TRUE(player.idle());
}

TEST(Player, RepeatsAClipAsOftenAsAskedWithoutAGap) {
  Player player(narrowband);
  const auto clip = clip_of(sine(400), 25ms);
  player.enqueue(PlayId{1}, PlayClip{clip, 4});
  const auto heard = play(player, 6);
  for (std::size_t i = 0; i < 800; ++i) ASSERT_EQ(heard[i], clip->samples[i % 200]);
  EXPECT_EQ(level_dbov(ConstSamples(heard).subspan(800)), silence_dbov);
  EXPECT_EQ(story(player), "1+1.");
}

TEST(Player, LoopsForeverUntilStopped) {
  Player player(narrowband);
  player.enqueue(PlayId{1}, PlayClip{clip_of(sine(400), 25ms), loop_forever});
  play(player, 500);
  EXPECT_EQ(story(player), "1+");
  player.stop();
  play(player, 1);
  EXPECT_EQ(story(player), "1x");
  EXPECT_TRUE(player.idle());
}

TEST(Player, StopsWithinFiveMillisecondsWithoutAClick) {
  for (const SampleRate rate : {narrowband, wideband, fullband}) {
    for (int ticks = 1; ticks < 12; ++ticks) {
      Player player(rate);
      player.enqueue(PlayId{1}, PlayTone{sine(437, -6), 0s});
      player.enqueue(PlayId{2}, PlaySilence{1s});
      auto heard = play(player, ticks, rate);
      const int natural = largest_step(testing::render(sine(437, -6), rate, 1s));
      player.stop();
      const auto after = play(player, 2, rate);
      heard.insert(heard.end(), after.begin(), after.end());
      // The ramp adds at most amplitude / its length to a step.
      EXPECT_LE(largest_step(heard), natural + 23200 * 1000 / (5 * static_cast<int>(rate.hz)) + 2);
      const auto faded = static_cast<std::size_t>(rate.hz / 200);
      EXPECT_EQ(level_dbov(ConstSamples(after).subspan(faded)), silence_dbov);
      EXPECT_EQ(story(player), "1+2x1x");
    }
  }
}

TEST(Player, TonesAndDigitsBeginAndEndWithoutAClick) {
  Player player(narrowband);
  player.enqueue(PlayId{1}, PlayTone{sine(437, -6), 33ms});
  player.enqueue(PlayId{2}, PlayTone{tones::beep, 51ms});
  player.enqueue(PlayId{3}, PlayDigits{*DigitString::parse("19")});
  const double steepest = 2 * std::sin(std::acos(-1.0) * 437 / 8000) * 32768 *
                          std::pow(10.0, -6.0 / 20) * std::sqrt(2.0);
  EXPECT_LE(largest_step(ConstSamples(play(player, 4))), steepest + 600);
  EXPECT_LE(
      largest_step(ConstSamples(play(player, 20))),
      2 * 0.32 * 32768 * std::sqrt(2.0)
  );  // two sines of -10 dBov at up to 1477 Hz
}

TEST(Player, WhatIsEnqueuedAfterAStopFollowsAtOnce) {
  Player player(narrowband);
  player.enqueue(PlayId{1}, PlayTone{sine(440), 0s});
  play(player, 3);
  player.stop();
  player.enqueue(PlayId{2}, PlayTone{sine(880), 100ms});
  const auto heard = play(player, 5);
  EXPECT_EQ(story(player), "1+1x2+");
  EXPECT_GT(tone_share(ConstSamples(heard).subspan(160), narrowband, 880), 0.98);
}

TEST(Player, StoppingBeforeTheFirstFrameMakesNoSound) {
  Player player(narrowband);
  player.enqueue(PlayId{1}, PlayTone{sine(440), 1s});
  player.stop();
  EXPECT_TRUE(player.idle());
  EXPECT_EQ(level_dbov(play(player, 2)), silence_dbov);
  EXPECT_EQ(story(player), "1x");
}

TEST(Player, DialsDigitsThatTheDetectorHears) {
  for (const SampleRate rate : {narrowband, fullband}) {
    Player player(rate);
    ASSERT_TRUE(player.enqueue(PlayId{1}, PlayDigits{*DigitString::parse("ww0123456789abcd*#")}));
    DtmfDetector detector(rate);
    std::string digits;
    int ticks = 0;
    while (!player.idle() && ++ticks < 1000) {
      Frame frame(rate);
      player.next_frame(frame.samples());
      detector.handle_frame(frame.samples());
      while (const auto digit = detector.poll_digit()) digits += *digit;
    }
    EXPECT_EQ(digits, "0123456789ABCD*#");
    EXPECT_NEAR(ticks, (2 * 500 + 16 * 170) / 20, 1);
  }
}

TEST(Player, RefusesWhatItCannotPlay) {
  Player player(narrowband);
  EXPECT_FALSE(player.enqueue(PlayId{1}, PlayClip{clip_of(sine(440), 1s, wideband)}));
  EXPECT_FALSE(player.enqueue(PlayId{1}, PlayClip{std::make_shared<const PcmClip>()}));
  EXPECT_FALSE(player.enqueue(PlayId{1}, PlayClip{}));
  EXPECT_FALSE(DigitString::parse("12x").has_value());
  EXPECT_FALSE(DigitString::parse(std::string(65, '1')).has_value());
}

TEST(Player, NeverLosesAnEventHoweverFullItIs) {
  Player player(narrowband);
  std::uint64_t accepted = 0, started = 0, ended = 0;
  for (int round = 0; round < 50; ++round) {
    for (std::uint64_t n = 0; n < 40; ++n)
      accepted += player.enqueue(PlayId{n + 1}, PlaySilence{1ms}) ? 1 : 0;
    play(player, 1);
    if (round % 3 == 0) player.stop();
    if (round % 5 != 0) continue;
    while (const auto event = player.poll_event())
      (event->kind == PlayEvent::Kind::started ? started : ended) += 1;
  }
  play(player, 100);
  while (const auto event = player.poll_event())
    (event->kind == PlayEvent::Kind::started ? started : ended) += 1;
  EXPECT_GT(accepted, 300u);
  EXPECT_EQ(ended, accepted);
  EXPECT_LE(started, ended);
}

TEST(Player, HandsClipsBackWithTheirLastEvent) {
  Player player(narrowband);
  const auto clip = clip_of(sine(440), 10ms);
  player.enqueue(PlayId{1}, PlayClip{clip});
  play(player, 2);
  EXPECT_EQ(player.poll_event()->clip, nullptr);
  EXPECT_EQ(player.poll_event()->clip, clip);
  EXPECT_EQ(clip.use_count(), 1);
}

}  // namespace
}  // namespace belfry::media
