#include "gateway/media/piecewise_sound.hpp"

#include <gtest/gtest.h>

#include "media/testing.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::PcmClip;
using belfry::media::Sample;

TEST(PiecewiseSound, PiecesAtAnotherRateAreOneSoundWithoutSeams) {
  const auto tone =
      belfry::media::testing::render(belfry::media::sine(440), belfry::media::narrowband, 1s);
  PiecewiseSound pieces;
  std::vector<Sample> joined;
  constexpr std::size_t piece = 480;
  for (std::size_t at = 0; at < tone.size(); at += piece) {
    PcmClip clip{belfry::media::narrowband, {}};
    const auto end = std::min(at + piece, tone.size());
    clip.samples.assign(
        tone.begin() + static_cast<std::ptrdiff_t>(at),
        tone.begin() + static_cast<std::ptrdiff_t>(end)
    );
    const auto made = pieces.at_rate(
        std::make_shared<const PcmClip>(std::move(clip)), belfry::media::fullband, 1
    );
    joined.insert(joined.end(), made->samples.begin(), made->samples.end());
  }
  const auto whole = resample(PcmClip{belfry::media::narrowband, tone}, belfry::media::fullband);
  ASSERT_GT(joined.size(), whole.samples.size() * 99 / 100);
  joined.resize(std::min(joined.size(), whole.samples.size()));
  EXPECT_GT(belfry::media::testing::snr_db(whole.samples, joined), 50.0);
}

TEST(PiecewiseSound, AnotherSoundBeginsAnew) {
  PiecewiseSound pieces;
  const auto loud = std::make_shared<const PcmClip>(
      PcmClip{belfry::media::narrowband, std::vector<Sample>(160, 20'000)}
  );
  const auto silence = std::make_shared<const PcmClip>(
      PcmClip{belfry::media::narrowband, std::vector<Sample>(160, 0)}
  );
  static_cast<void>(pieces.at_rate(loud, belfry::media::wideband, 1));
  for (const Sample sample : pieces.at_rate(silence, belfry::media::wideband, 2)->samples)
    EXPECT_EQ(sample, 0);
}

TEST(PiecewiseSound, AtItsOwnRateItStaysAsItIs) {
  PiecewiseSound pieces;
  const auto piece = std::make_shared<const PcmClip>(
      PcmClip{belfry::media::narrowband, std::vector<Sample>(160, 1)}
  );
  EXPECT_EQ(pieces.at_rate(piece, belfry::media::narrowband, 1), piece);
}

}  // namespace
}  // namespace belfry::gateway::media
