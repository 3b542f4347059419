#include <gtest/gtest.h>

#include "media/resampler.hpp"

#include "media/testing.hpp"
#include "media/tone_meter.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

TEST(Resampler, KeepsLengthAndToneForEveryPairOfRates) {
  const std::vector<std::uint32_t> rates{8000, 11025, 16000, 22050, 44100, 48000};
  for (const std::uint32_t from : rates) {
    for (const std::uint32_t to : rates) {
      const PcmClip clip{{from}, testing::render(sine(1000, -10), {from}, 1s)};
      const PcmClip out = resample(clip, {to});
      EXPECT_EQ(out.samples.size(), to) << from << " to " << to;
      EXPECT_GT(tone_share(out.samples, {to}, 1000), 0.98) << from << " to " << to;
      EXPECT_NEAR(tone_level_dbov(out.samples, {to}, 1000), -10, 0.2) << from << " to " << to;
    }
  }
}

TEST(Resampler, StreamingByFramesEqualsTheWhole) {
  const PcmClip clip{narrowband, testing::render(sine(700), narrowband, 1s)};
  const PcmClip whole = resample(clip, fullband);
  Resampler resampler(narrowband, fullband);
  std::vector<Sample> pieces;
  std::vector<Sample> room(2000);
  const auto append = [&](std::size_t count) {
    pieces.insert(pieces.end(), room.begin(), room.begin() + static_cast<long>(count));
  };
  for (std::size_t at = 0; at < clip.samples.size(); at += 160) {
    ASSERT_LE(resampler.room_for(160), room.size());
    append(resampler.process(ConstSamples(clip.samples).subspan(at, 160), room));
  }
  append(resampler.finish(room));
  EXPECT_EQ(pieces, whole.samples);
}

TEST(Resampler, OutputIsAlignedWithInput) {
  const auto original = testing::render(sine(500), narrowband, 500ms);
  const PcmClip up = resample({narrowband, original}, fullband);
  const PcmClip back = resample(up, narrowband);
  EXPECT_GT(testing::snr_db(original, back.samples), 35.0);
}

TEST(Resampler, AnEmptyClipStaysEmpty) {
  EXPECT_TRUE(resample({narrowband, {}}, fullband).samples.empty());
}

}  // namespace
}  // namespace belfry::media
