#include "call/hold_music.hpp"

#include <gtest/gtest.h>

#include "media/level.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

TEST(HoldMusic, IsHeardAllTheTimeAndNeverTooLoud) {
  const media::PcmClip& clip = *hold_music();
  EXPECT_GT(clip.duration(), 15s);
  const std::size_t second = clip.rate.hz;
  for (std::size_t at = 0; at + second <= clip.samples.size(); at += second) {
    const double level = media::level_dbov(std::span(clip.samples).subspan(at, second));
    EXPECT_GT(level, -40) << "second " << at / second;
    EXPECT_LT(level, -12) << "second " << at / second;
  }
}

TEST(HoldMusic, HasNoSeamWhereItBeginsAgain) {
  const std::vector<media::Sample>& samples = hold_music()->samples;
  int steepest = 0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    steepest = std::max(steepest, std::abs(samples[i] - samples[i - 1]));
  EXPECT_LE(std::abs(samples.front() - samples.back()), steepest);
  // What rings at the end goes on at the beginning, under the first notes.
  const auto first = std::span(samples).first(80);
  EXPECT_GT(media::level_dbov(first), -50);
}

TEST(HoldMusic, TheTonesOfComingAndGoingAreShortAndDiffer) {
  EXPECT_LT(enter_sound()->duration(), 500ms);
  EXPECT_LT(exit_sound()->duration(), 500ms);
  EXPECT_NE(enter_sound()->samples, exit_sound()->samples);
  EXPECT_LT(std::abs(enter_sound()->samples.back()), 200) << "no click at its end";
}

}  // namespace
}  // namespace belfry::call
