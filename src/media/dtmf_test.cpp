#include <gtest/gtest.h>

#include "media/dtmf.hpp"

#include <numbers>

#include "base/random.hpp"
#include "media/g711.hpp"
#include "media/testing.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

std::string detect(SampleRate rate, ConstSamples samples) {
  DtmfDetector detector(rate);
  std::string digits;
  const std::size_t frame = samples_per_frame(rate);
  for (; samples.size() >= frame; samples = samples.subspan(frame)) {
    detector.handle_frame(samples.first(frame));
    while (const auto digit = detector.poll_digit()) digits += *digit;
  }
  return digits;
}

std::vector<Sample> dial(std::string_view digits, SampleRate rate, double level = -10) {
  std::vector<Sample> samples;
  for (const char digit : digits) {
    Tone tone = *dtmf_tone(digit, level);
    tone.on = 80ms;
    tone.off = 80ms;
    const auto one = testing::render(tone, rate, 160ms);
    samples.insert(samples.end(), one.begin(), one.end());
  }
  return samples;
}

constexpr std::string_view all_digits = "0123456789ABCD*#";

TEST(DtmfDetector, FindsAllSixteenDigitsOnceEachAtEveryRate) {
  for (const SampleRate rate : {narrowband, wideband, fullband})
    EXPECT_EQ(detect(rate, dial(all_digits, rate)), all_digits) << rate.hz;
}

TEST(DtmfDetector, FindsDigitsThroughG711AndNoise) {
  std::vector<Sample> samples = dial(all_digits, narrowband, -20);
  std::vector<Sample> noise(samples.size());
  NoiseGenerator(-35, 7).fill(noise);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = from_mulaw(to_mulaw(static_cast<Sample>(samples[i] + noise[i])));
  EXPECT_EQ(detect(narrowband, samples), all_digits);
}

TEST(DtmfDetector, ReportsARepeatedDigitTwiceAndALongOneOnce) {
  EXPECT_EQ(detect(narrowband, dial("5511", narrowband)), "5511");
  EXPECT_EQ(detect(narrowband, testing::render(*dtmf_tone('7'), narrowband, 3s)), "7");
}

/// Like speech: a gliding fundamental with harmonics under moving formants, syllables, noise.
std::vector<Sample> babble(std::uint64_t seed, std::size_t length) {
  base::SeededRandom random(seed);
  std::vector<Sample> samples(length);
  double phase = 0, pitch = 120, formant = 600, second = 1400, loudness = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 1200 == 0) {
      pitch = 90 + 160 * random.unit();
      formant = 300 + 500 * random.unit();
      second = 1000 + 1000 * random.unit();
      loudness = random.unit() < 0.25 ? 0 : 1500 + 4000 * random.unit();
    }
    pitch += 0.02 * (random.unit() - 0.5);
    phase += 2 * std::numbers::pi * pitch / 8000;
    double value = 0;
    for (int harmonic = 1; harmonic * pitch < 3600; ++harmonic) {
      const double hz = harmonic * pitch;
      const double gain =
          std::exp(-std::abs(hz - formant) / 200) + 0.6 * std::exp(-std::abs(hz - second) / 250);
      value += gain * std::sin(harmonic * phase);
    }
    samples[i] = static_cast<Sample>(
        std::clamp(loudness * value + 300 * (random.unit() - 0.5), -32000.0, 32000.0)
    );
  }
  return samples;
}

TEST(DtmfDetector, FindsNothingInSpeechLikeNoise) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    EXPECT_EQ(detect(narrowband, babble(seed, 8000 * 12)), "") << seed;
  std::vector<Sample> noise(8000 * 12);
  NoiseGenerator(-15).fill(noise);
  EXPECT_EQ(detect(narrowband, noise), "");
}

TEST(Dtmf, KnowsItsAlphabet) {
  for (const char digit : all_digits) EXPECT_TRUE(is_dtmf_digit(digit) && dtmf_tone(digit));
  EXPECT_FALSE(is_dtmf_digit('E') || is_dtmf_digit('\0') || dtmf_tone('x').has_value());
}

}  // namespace
}  // namespace belfry::media
