#include "speech/utterances.hpp"

namespace belfry::speech {
namespace {

using namespace std::chrono_literals;

struct Party {
  Utterances utterances{500ms};

  void is(media::Sample amplitude, base::Duration length) {
    std::vector<media::Sample> frame(160);
    for (std::size_t i = 0; i < frame.size(); ++i)
      frame[i] = static_cast<media::Sample>(i % 2 == 0 ? amplitude : -amplitude);
    for (base::Duration at{0}; at < length; at += media::frame_duration)
      utterances.handle_frame(frame);
  }
  void speaks(base::Duration length) { is(4000, length); }
  void is_silent(base::Duration length) { is(0, length); }
  std::vector<std::pair<std::int64_t, bool>> pieces() {
    std::vector<std::pair<std::int64_t, bool>> all;
    while (const auto piece = utterances.take())
      all.emplace_back(
          base::to_ms(media::duration_of(piece->samples.size(), media::narrowband)), piece->ends
      );
    return all;
  }
};
using List = std::vector<std::pair<std::int64_t, bool>>;

TEST(Utterances, SilenceIsNone) {
  Party party;
  party.is_silent(1min);
  EXPECT_EQ(party.pieces(), List{});
  EXPECT_FALSE(party.utterances.is_speaking());
}

TEST(Utterances, HasALittleSilenceAroundIt) {
  Party party;
  party.is_silent(2s);
  party.speaks(1s);
  EXPECT_TRUE(party.utterances.is_speaking());
  EXPECT_EQ(party.pieces(), (List{{1300, false}})) << "so far";
  party.is_silent(480ms);
  EXPECT_FALSE(party.utterances.has_end());
  party.is_silent(500ms);
  EXPECT_EQ(party.pieces(), (List{{500, true}}));
}

TEST(Utterances, AShortPauseDoesNotEndIt) {
  Party party;
  party.speaks(1s);
  party.is_silent(300ms);
  party.speaks(1s);
  EXPECT_EQ(party.pieces(), (List{{2300, false}}));
}

TEST(Utterances, SomebodyWhoDoesNotStopIsCut) {
  Party party;
  party.speaks(20s);
  EXPECT_EQ(party.pieces(), (List{{15'000, true}, {5000, false}}));
}

TEST(Utterances, FinishEndsTheOneThatIsOpen) {
  Party party;
  party.utterances.finish();
  EXPECT_EQ(party.pieces(), List{});
  party.speaks(1s);
  party.utterances.finish();
  EXPECT_EQ(party.pieces(), (List{{1000, true}}));
}

TEST(Utterances, WhatIsDroppedStillEnds) {
  Party party;
  party.speaks(1s);
  party.pieces();
  party.speaks(1s);
  party.is_silent(1s);
  EXPECT_EQ(party.utterances.drop(), 1500ms);
  EXPECT_EQ(party.pieces(), (List{{0, true}}));
}

}  // namespace
}  // namespace belfry::speech
