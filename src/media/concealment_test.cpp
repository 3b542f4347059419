#include <gtest/gtest.h>

#include "media/concealment.hpp"

#include "media/level.hpp"
#include "media/testing.hpp"
#include "media/tone_meter.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

/// Plays a 200 Hz tone in which the frames of `lost` are concealed.
std::vector<Sample> play(SampleRate rate, const std::vector<std::size_t>& lost) {
  std::vector<Sample> samples = testing::render(sine(200, -12), rate, 1s);
  Concealment concealment(rate);
  const std::size_t frame = samples_per_frame(rate);
  for (std::size_t n = 0; n < 50; ++n) {
    const Samples here = Samples(samples).subspan(n * frame, frame);
    if (std::ranges::find(lost, n) == lost.end()) {
      concealment.handle_frame(here);
    } else {
      std::ranges::fill(here, Sample{0});
      concealment.conceal(here);
    }
  }
  return samples;
}

TEST(Concealment, FillsOneLostFrameWithTheSameToneAndNoClick) {
  for (const SampleRate rate : {narrowband, wideband}) {
    const auto whole = testing::render(sine(200, -12), rate, 1s);
    const auto samples = play(rate, {20, 35});
    const std::size_t frame = samples_per_frame(rate);
    EXPECT_GT(level_dbov(ConstSamples(samples).subspan(20 * frame, frame)), -20.0) << rate.hz;
    EXPECT_GT(tone_share(samples, rate, 200), 0.95) << rate.hz;
    EXPECT_LT(testing::largest_step(samples), 2 * testing::largest_step(whole)) << rate.hz;
  }
}

TEST(Concealment, FadesALongLossToSilenceInsteadOfBuzzing) {
  for (const SampleRate rate : {narrowband, wideband}) {
    const auto samples = play(rate, {20, 21, 22, 23, 24, 25});
    const std::size_t frame = samples_per_frame(rate);
    EXPECT_GT(level_dbov(ConstSamples(samples).subspan(21 * frame, frame)), -25.0);
    EXPECT_LT(level_dbov(ConstSamples(samples).subspan(23 * frame, 3 * frame)), -60.0);
  }
}

TEST(Concealment, OfNothingHeardYetIsSilence) {
  Concealment concealment(narrowband);
  std::array<Sample, 160> frame;
  frame.fill(12345);
  concealment.conceal(frame);
  EXPECT_EQ(level_dbov(frame), silence_dbov);
}

}  // namespace
}  // namespace belfry::media
