#include "media/timeline.hpp"

#include <gtest/gtest.h>

#include "media/sound_bounds.hpp"
#include "media/testing.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

std::vector<Sample> level(Sample value, std::size_t count) {
  return std::vector<Sample>(count, value);
}

TEST(Timeline, PutsBothTracksWhereTheyBelong) {
  Timeline timeline;
  timeline.put(0, 0, level(1, 4));
  timeline.put(1, 2, level(5, 4));
  std::vector<Sample> apart;
  timeline.take(6, Timeline::Layout::apart, apart);
  // The gap of two samples is bridged only behind something.
  EXPECT_EQ(apart, (std::vector<Sample>{1, 0, 1, 0, 1, 5, 1, 5, 0, 5, 0, 5}));
  timeline.put(0, 6, level(30000, 2));
  timeline.put(1, 6, level(30000, 2));
  std::vector<Sample> mixed;
  timeline.take(8, Timeline::Layout::mixed, mixed);
  EXPECT_EQ(mixed, level(32767, 2)) << "the sum saturates";
}

TEST(Timeline, FillsAShortGapWithAStraightLineAndALongOneWithSilence) {
  Timeline timeline;
  timeline.put(0, 0, level(100, 10));
  timeline.put(0, 13, level(500, 10));
  timeline.put(0, 200, level(7, 1));
  std::vector<Sample> out;
  timeline.take(201, Timeline::Layout::mixed, out);
  EXPECT_EQ(out[10], 200);
  EXPECT_EQ(out[11], 300);
  EXPECT_EQ(out[12], 400);
  EXPECT_EQ(out[100], 0);
  EXPECT_EQ(out[200], 7);
}

TEST(Timeline, CutsWhatIsThereAlreadyAndCountsWhatComesTooLate) {
  Timeline timeline;
  timeline.put(0, -5, level(1, 10));
  timeline.put(0, 3, level(2, 4));
  std::vector<Sample> out;
  timeline.take(7, Timeline::Layout::mixed, out);
  EXPECT_EQ(out, (std::vector<Sample>{1, 1, 1, 1, 1, 2, 2}));
  timeline.put(0, 0, level(3, 7));
  timeline.put(0, 1'000'000, level(3, 7));
  EXPECT_EQ(timeline.refused(), 2u);
}

TEST(Timeline, LeavesAPauseOutOrKeepsItsTime) {
  for (const auto how : {Timeline::Pause::leave_out, Timeline::Pause::keep_silent}) {
    Timeline timeline;
    timeline.put(0, 0, level(1, 30));
    timeline.pause(10, how);
    std::vector<Sample> out;
    timeline.take(15, Timeline::Layout::mixed, out);
    timeline.resume(20);
    timeline.take(30, Timeline::Layout::mixed, out);
    std::vector<Sample> expected = level(1, 10);
    if (how == Timeline::Pause::keep_silent) expected.insert(expected.end(), 10, 0);
    expected.insert(expected.end(), 10, 1);
    EXPECT_EQ(out, expected);
  }
}

TEST(SoundBounds, FindTheSoundInSilence) {
  SoundBounds bounds(narrowband, 2);
  EXPECT_FALSE(bounds.sound());
  bounds.handle(level(3, 2 * 8000));
  EXPECT_FALSE(bounds.sound()) << "a whisper of noise is silence";
  std::vector<Sample> right(2 * 4000);
  const auto tone = testing::render(sine(440), narrowband, 500ms);
  for (std::size_t i = 0; i < tone.size(); ++i) right[2 * i + 1] = tone[i];
  bounds.handle(right);
  bounds.handle(level(0, 2 * 16000));
  const auto sound = bounds.sound();
  ASSERT_TRUE(sound);
  EXPECT_EQ(sound->from, 960ms);
  EXPECT_EQ(sound->to, 1540ms);
}

}  // namespace
}  // namespace belfry::media
