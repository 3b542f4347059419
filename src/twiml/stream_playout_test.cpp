#include "twiml/stream_playout.hpp"

#include <gtest/gtest.h>

#include "media/g711.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bytes_per_ms = 8;

/// A seat that plays what it is given, in order, on time that the test moves.
struct StreamPlayoutTest : testing::Test {
  StreamPlayout playout;
  struct Playing {
    call::PlaybackId id;
    base::Duration left;
    bool silence;
  };
  std::deque<Playing> seat;
  std::uint64_t last_id = 0;
  base::Duration sound{0};    // that was played
  base::Duration silence{0};  // that was played on purpose

  void say(std::chrono::milliseconds length) {
    const std::vector<std::byte> codes(static_cast<std::size_t>(length.count()) * bytes_per_ms);
    ASSERT_TRUE(playout.add_audio(codes));
    feed();
  }
  void feed() {
    while (auto piece = playout.next()) {
      const auto* clip = std::get_if<call::ClipPlayback>(&*piece);
      const base::Duration length =
          clip != nullptr ? clip->clip->duration() : std::get<call::SilencePlayback>(*piece).length;
      seat.push_back({{++last_id}, length, clip == nullptr});
      playout.handle_started(seat.back().id);
    }
  }
  void pass(base::Duration time) {
    while (!seat.empty() && time > 0ms) {
      const base::Duration step = std::min(time, seat.front().left);
      (seat.front().silence ? silence : sound) += step;
      seat.front().left -= step;
      time -= step;
      if (seat.front().left > 0ms) continue;
      const call::PlaybackId over = seat.front().id;
      seat.pop_front();
      playout.handle_finished(over);
      feed();
    }
  }
  base::Duration in_seat() const {
    base::Duration sum{0};
    for (const Playing& playing : seat) sum += playing.left;
    return sum;
  }
  std::vector<std::string> marks() {
    std::vector<std::string> all;
    while (auto mark = playout.poll_played_mark()) all.push_back(std::move(*mark));
    return all;
  }
  using List = std::vector<std::string>;
};

TEST_F(StreamPlayoutTest, ALongTextIsPlayedWithoutAGapAndTheSeatHoldsLittleOfIt) {
  say(10'000ms);
  for (base::Duration passed{0}; passed < 10s; passed += 20ms) {
    EXPECT_LE(in_seat(), 200ms);
    EXPECT_GT(in_seat(), 0ms) << "a gap at " << base::to_ms(passed);
    pass(20ms);
  }
  EXPECT_EQ(sound, 10s);
  EXPECT_EQ(silence, 0ms);
  EXPECT_TRUE(seat.empty());
}

TEST_F(StreamPlayoutTest, ATrickleOfPacketsGetsALeadSoThatJitterIsNotHeard) {
  say(20ms);
  pass(15ms);  // the next one is late
  say(20ms);
  pass(25ms);
  EXPECT_FALSE(seat.empty());
  EXPECT_EQ(silence, 40ms);
  pass(1s);
  say(20ms);
  EXPECT_EQ(in_seat(), 60ms) << "a new lead after a pause";
}

TEST_F(StreamPlayoutTest, AMarkComesBackWhenAllBeforeItHasBeenPlayed) {
  say(200ms);
  ASSERT_TRUE(playout.add_mark("first"));
  say(100ms);
  ASSERT_TRUE(playout.add_mark("second"));
  ASSERT_TRUE(playout.add_mark("third"));
  feed();
  pass(199ms);
  EXPECT_EQ(marks(), List{});
  pass(1ms);
  EXPECT_EQ(marks(), List{"first"});
  pass(99ms);
  EXPECT_EQ(marks(), List{});
  pass(1ms);
  EXPECT_EQ(marks(), (List{"second", "third"}));
}

TEST_F(StreamPlayoutTest, AMarkWithNothingBeforeItComesBackAtOnce) {
  ASSERT_TRUE(playout.add_mark("now"));
  EXPECT_EQ(marks(), List{"now"});
}

TEST_F(StreamPlayoutTest, ClearGivesAllMarksBackAtOnceAndWhatComesLaterIsPlayed) {
  say(1000ms);
  ASSERT_TRUE(playout.add_mark("a"));
  say(1000ms);
  ASSERT_TRUE(playout.add_mark("b"));
  pass(980ms);
  playout.clear();
  const auto stopped = std::exchange(seat, {});
  EXPECT_EQ(marks(), (List{"a", "b"}));
  EXPECT_EQ(playout.waiting(), 0U);
  say(200ms);
  ASSERT_TRUE(playout.add_mark("c"));
  feed();
  for (const Playing& old : stopped) playout.handle_finished(old.id);
  EXPECT_EQ(marks(), List{}) << "what was stopped is none of the new ones";
  pass(200ms);
  EXPECT_EQ(marks(), List{"c"});
}

TEST_F(StreamPlayoutTest, OnlySoMuchMayWait) {
  const std::vector<std::byte> minute(60 * 8000);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(playout.add_audio(minute));
  EXPECT_FALSE(playout.add_audio(std::vector<std::byte>(1)));
  pass(0ms);
  feed();
  EXPECT_TRUE(playout.add_audio(std::vector<std::byte>(1))) << "some of it is in the seat";
  for (std::size_t i = 0; i < StreamPlayout::max_marks; ++i)
    ASSERT_TRUE(playout.add_mark(std::to_string(i)));
  EXPECT_FALSE(playout.add_mark("one more"));
  playout.clear();
  EXPECT_TRUE(playout.add_mark("again"));
}

TEST_F(StreamPlayoutTest, ManyTinyPiecesWithMarksDoNotFillTheSeat) {
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(playout.add_audio(std::vector<std::byte>(1)));
    ASSERT_TRUE(playout.add_mark(std::to_string(i)));
  }
  feed();
  EXPECT_LE(seat.size(), 16U);
  pass(1s);
  EXPECT_EQ(marks().size(), 500U);
}

TEST_F(StreamPlayoutTest, TheSamplesAreThoseOfTheApplication) {
  std::vector<std::byte> codes;
  for (int i = 0; i < 1000; ++i) codes.push_back(static_cast<std::byte>(i % 256));
  ASSERT_TRUE(playout.add_audio(std::span(codes).first(333)));
  ASSERT_TRUE(playout.add_audio(std::span(codes).subspan(333)));
  std::vector<std::int16_t> samples;
  while (playout.waiting() > 0) {
    const std::uint64_t before = last_id;
    while (auto piece = playout.next()) {
      playout.handle_started({++last_id});
      if (const auto* played = std::get_if<call::ClipPlayback>(&*piece))
        samples.insert(samples.end(), played->clip->samples.begin(), played->clip->samples.end());
    }
    ASSERT_GT(last_id, before);
    playout.handle_finished({last_id});
  }
  ASSERT_EQ(samples.size(), codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(samples[i], media::from_mulaw(codes[i]));
}

}  // namespace
}  // namespace belfry::twiml
