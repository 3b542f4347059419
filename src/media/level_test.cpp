#include <gtest/gtest.h>

#include "media/level.hpp"

#include "media/testing.hpp"
#include "media/tone_meter.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
using testing::largest_step;
using testing::render;

TEST(Level, OfATestToneIsWhatWasAskedFor) {
  EXPECT_NEAR(level_dbov(render(sine(1000, -20), narrowband, 2s)), -20.0, 0.1);
  EXPECT_NEAR(tone_level_dbov(render(sine(1000, -20), wideband, 2s), wideband, 1000), -20.0, 0.1);
  EXPECT_EQ(level_dbov(std::vector<Sample>(160)), silence_dbov);
}

TEST(VoiceActivity, NeedsNoMoreThanThePowerOfAFrame) {
  VoiceActivity by_samples(wideband), by_power(wideband);
  auto sound = render(sine(300, -20), wideband, 200ms);
  const auto quiet = render(sine(300, -60), wideband, 300ms);
  sound.insert(sound.begin(), quiet.begin(), quiet.end());
  sound.insert(sound.end(), quiet.begin(), quiet.end());
  for (std::size_t at = 0; at + 320 <= sound.size(); at += 320) {
    const auto frame = ConstSamples(sound).subspan(at, 320);
    ASSERT_EQ(by_power.handle_power(power_of(frame)), by_samples.handle_frame(frame)) << at;
  }
  EXPECT_EQ(by_power.speech(), 200ms);
  EXPECT_EQ(by_power.speech(), by_samples.speech());
  EXPECT_FALSE(by_power.handle_power(0));
}

TEST(Level, OfNoiseIsWhatWasAskedFor) {
  std::vector<Sample> noise(16000);
  NoiseGenerator(-30).fill(noise);
  EXPECT_NEAR(level_dbov(noise), -30.0, 0.3);
}

TEST(ToneMeter, TellsTheToneFromItsNeighbours) {
  const auto samples = render(sine(440), narrowband, 1s);
  EXPECT_GT(tone_share(samples, narrowband, 440), 0.98);
  EXPECT_LT(tone_share(samples, narrowband, 480), 0.01);
  EXPECT_EQ(tone_share(std::vector<Sample>(800), narrowband, 440), 0.0);
}

TEST(Tone, RingbackIsTwoSecondsOnAndFourOff) {
  const auto samples = render(tones::ringback, narrowband, 12s);
  const auto second = [&](std::size_t n) { return ConstSamples(samples).subspan(n * 8000, 8000); };
  for (std::size_t n = 0; n < 12; ++n) {
    const bool on = n % 6 < 2;
    EXPECT_NEAR(tone_share(second(n), narrowband, 440), on ? 0.5 : 0.0, 0.02) << n;
    EXPECT_NEAR(tone_share(second(n), narrowband, 480), on ? 0.5 : 0.0, 0.02) << n;
  }
}

TEST(Tone, CadenceDoesNotClick) {
  const double amplitude = 32768.0 * std::pow(10.0, tones::busy.level_dbov / 20) * std::sqrt(2.0);
  const double steepest = 2 * std::acos(-1.0) * (480 + 620) / 8000 * amplitude;
  EXPECT_LT(largest_step(render(tones::busy, narrowband, 5s)), steepest * 1.1);
}

TEST(Tone, PhaseGoesOnFromFrameToFrame) {
  const auto whole = render(sine(440), fullband, 1s);
  std::vector<Sample> pieces(whole.size());
  ToneGenerator generator(sine(440), fullband);
  for (std::size_t at = 0; at < pieces.size(); at += 960)
    generator.fill(Samples(pieces).subspan(at, 960));
  for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR(whole[i], pieces[i], 1) << i;
}

TEST(Tone, LevelDoesNotDriftInTenMinutes) {
  ToneGenerator generator(sine(440, -20), narrowband);
  std::vector<Sample> second(8000);
  for (int i = 0; i < 600; ++i) generator.fill(second);
  EXPECT_NEAR(level_dbov(second), -20.0, 0.05);
}

void feed(VoiceActivity& voice, ConstSamples samples) {
  for (; samples.size() >= 160; samples = samples.subspan(160))
    voice.handle_frame(samples.first(160));
}

TEST(VoiceActivity, MeasuresTheSilenceAfterSpeech) {
  VoiceActivity voice(narrowband);
  std::vector<Sample> hush(8000);
  NoiseGenerator(-62).fill(hush);
  feed(voice, hush);
  EXPECT_FALSE(voice.heard_speech());
  EXPECT_EQ(voice.silence(), 1s);
  std::vector<Sample> talk(8000);
  NoiseGenerator(-25).fill(talk);
  feed(voice, talk);
  EXPECT_TRUE(voice.heard_speech());
  EXPECT_EQ(voice.silence(), 0s);
  EXPECT_EQ(voice.speech(), 1s);
  feed(voice, ConstSamples(hush).first(4000));
  EXPECT_EQ(voice.silence(), 500ms);
}

TEST(VoiceActivity, BridgesTheGapsInsideWords) {
  VoiceActivity voice(narrowband);
  std::vector<Sample> talk(1600), gap(640);
  NoiseGenerator(-25).fill(talk);
  for (int i = 0; i < 10; ++i) {
    feed(voice, talk);
    feed(voice, gap);
    EXPECT_EQ(voice.silence(), 0s);
  }
}

TEST(VoiceActivity, LearnsASteadyHumAsBackground) {
  VoiceActivity voice(narrowband);
  std::vector<Sample> hum(8000);
  NoiseGenerator(-40).fill(hum);
  for (int i = 0; i < 30; ++i) feed(voice, hum);
  EXPECT_GT(voice.silence(), 1s);
  std::vector<Sample> talk(1600);
  NoiseGenerator(-20).fill(talk);
  feed(voice, talk);
  EXPECT_EQ(voice.silence(), 0s);
}

}  // namespace
}  // namespace belfry::media
