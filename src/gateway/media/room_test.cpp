#include "gateway/media/room_for_test.hpp"

namespace belfry::gateway::media::testing_support {
namespace {

TEST_F(RoomTest, ThreeLegsWithThreeCodecsHearExactlyTheOtherTwo) {
  const std::vector<double> tones{440, 700, 1100};
  std::vector<Party> parties{call(Codec::pcmu), call(Codec::g722), call(Codec::opus)};
  for (std::size_t i = 0; i < 3; ++i) {
    plane.enter(room, parties[i].leg, {});
    say(parties[i], tones[i]);
  }
  pass(1s);
  for (std::size_t listener = 0; listener < 3; ++listener) {
    auto heard = levels(parties[listener], tones);
    for (std::size_t talker = 0; talker < 3; ++talker) {
      if (talker == listener) {
        EXPECT_LT(heard[tones[talker]], -55) << listener;
      } else {
        EXPECT_NEAR(heard[tones[talker]], -20, 2.5) << listener << " hears " << talker;
      }
    }
  }
}

TEST_F(RoomTest, PlacesAreObeyedOverARealNetwork) {
  Party agent = call(), customer = call(Codec::opus), coach = call();
  plane.enter(room, agent.leg, {});
  plane.enter(room, customer.leg, {});
  plane.enter(room, coach.leg, {.coached = agent.leg});
  say(agent, 440);
  say(customer, 700);
  say(coach, 1100);
  pass(1s);
  EXPECT_GT(levels(agent, {1100})[1100], -26);
  EXPECT_LT(levels(customer, {1100})[1100], -55);
  EXPECT_GT(levels(coach, {440})[440], -26);
  plane.set_place(agent.leg, {.muted = true});
  plane.set_place(customer.leg, {.deaf = true});
  plane.set_place(coach.leg, {.gain_db = -10});
  pass(300ms);
  EXPECT_LT(levels(coach, {440})[440], -55) << "muted";
  EXPECT_NEAR(levels(agent, {1100})[1100], -30, 2) << "10 dB less";
  EXPECT_LT(levels(customer, {1100})[1100], -55) << "deaf";
}

TEST_F(RoomTest, WhatIsPlayedToARoomIsHeardByAllAndToldOnce) {
  Party one = call(), two = call(Codec::opus), deaf = call();
  plane.enter(room, one.leg, {});
  plane.enter(room, two.leg, {});
  plane.enter(room, deaf.leg, {.deaf = true});
  const auto music = plane.play_to_room(room, tone(600, 4s));
  pass(500ms);
  EXPECT_GT(levels(one, {600})[600], -25);
  EXPECT_GT(levels(two, {600})[600], -25);
  EXPECT_LT(levels(deaf, {600})[600], -60);
  EXPECT_TRUE(finishes.room.empty());
  pass(3s);
  ASSERT_EQ(finishes.room.size(), 1u);
  EXPECT_EQ(finishes.room.front(), music);
  plane.play_to_room(room, tone(600, 60s));
  pass(200ms);
  plane.stop_playing_to_room(room);
  pass(100ms);
  EXPECT_EQ(finishes.room.size(), 2u);
}

TEST_F(RoomTest, WhatIsPlayedToASeatReplacesTheRoomForThatSeat) {
  Party one = call(), two = call(), three = call();
  for (const Party* party : {&one, &two, &three}) plane.enter(room, party->leg, {});
  say(one, 440);
  pass(500ms);
  plane.play(two.leg, tone(900, 60s));
  pass(200ms);
  auto held = levels(two, {440, 900});
  EXPECT_LT(held[440], -55);
  EXPECT_GT(held[900], -26);
  auto other = levels(three, {440, 900});
  EXPECT_GT(other[440], -26);
  EXPECT_LT(other[900], -55);
  plane.stop_playing(two.leg);
  pass(200ms);
  EXPECT_GT(levels(two, {440})[440], -26);
}

TEST_F(RoomTest, LeavingConnectingAndClosingEndAStay) {
  Party one = call(), two = call(), three = call();
  for (const Party* party : {&one, &two, &three}) plane.enter(room, party->leg, {});
  say(one, 440);
  say(three, 800);
  pass(500ms);
  plane.disconnect(two.leg);
  pass(200ms);
  EXPECT_LT(levels(two, {440})[440], -60);
  plane.connect(two.leg, three.leg);
  pass(300ms);
  auto heard = levels(two, {440, 800});
  EXPECT_GT(heard[800], -26);
  EXPECT_LT(heard[440], -60);
  plane.enter(room, two.leg, {});
  plane.enter(room, three.leg, {});
  pass(300ms);
  EXPECT_GT(levels(two, {440})[440], -26);
  plane.play_to_room(room, tone(600, 60s));
  pass(100ms);
  plane.close_room(room);  // while it plays
  pass(300ms);
  auto alone = levels(two, {440, 600, 800});
  for (const auto& [hz, level] : alone) EXPECT_LT(level, -60) << hz;
  plane.close_seat(one.leg);
  plane.enter(room, two.leg, {});
  pass(100ms);
}

TEST_F(RoomTest, ASeatThatChangesItsCodecStaysInTheRoom) {
  Party one = call(), two = call();
  plane.enter(room, one.leg, {});
  plane.enter(room, two.leg, {});
  say(one, 440);
  pass(500ms);
  plane.set_terms(two.leg, terms(Codec::opus));
  plane.set_terms(two.phone, terms(Codec::opus));
  pass(500ms);
  EXPECT_GT(levels(two, {440})[440], -26);
}

TEST_F(RoomTest, OneThatIsInvitedBeforeItAnswersHearsOnceItHasTerms) {
  Party one = call();
  const auto seats = plane.open_linked_seats({}, {}, 9);
  Party late{seats.leg, seats.phone, {}, {}};
  plane.enter(room, one.leg, {});
  plane.enter(room, late.leg, {});
  say(one, 440);
  pass(500ms);
  plane.set_terms(late.leg, terms(Codec::pcma));
  plane.set_terms(late.phone, terms(Codec::pcma));
  pass(500ms);
  EXPECT_GT(levels(late, {440})[440], -26);
}

TEST_F(RoomTest, LossAndJitterDoNotStopTheRoom) {
  const LinkQuality bad{.loss = 0.05, .jitter = 40ms};
  Party one = call(Codec::opus, bad), two = call(Codec::pcmu, bad);
  plane.enter(room, one.leg, {});
  plane.enter(room, two.leg, {});
  say(one, 440);
  say(two, 700);
  pass(2s);
  EXPECT_GT(levels(two, {440})[440], -26);
  EXPECT_GT(levels(one, {700})[700], -26);
}

TEST_F(RoomTest, KeysAndSpeechAreFoundInARoomToo) {
  Party one = call(), two = call();
  plane.listen(one.leg, &finishes);
  plane.watch_speech(one.leg);
  plane.enter(room, one.leg, {});
  plane.enter(room, two.leg, {});
  say(one, 440, 500ms);
  pass(1s);
  EXPECT_EQ(finishes.speech, "()");
  plane.play(one.phone, call::DigitsPlayback{"42#"});
  pass(2s);
  EXPECT_EQ(finishes.digits, "42#");
}

TEST_F(RoomTest, TwoHundredAndFiftyPartiesHearTheThreeWhoSpeak) {
  std::vector<Party> parties;
  for (int i = 0; i < 250; ++i) {
    const auto seats = plane.open_linked_seats({}, {}, random.next());
    const Codec codec = i % 10 == 0 ? Codec::opus : Codec::pcmu;
    plane.set_terms(seats.leg, terms(codec));
    plane.set_terms(seats.phone, terms(codec));
    plane.enter(room, seats.leg, {});
    parties.push_back({seats.leg, seats.phone, {}, {}});
  }
  say(parties[0], 440);
  say(parties[1], 700);
  say(parties[249], 1100);
  pass(1s);
  for (const std::size_t i : {100U, 123U}) {
    auto heard = levels(parties[i], {440, 700, 1100});
    for (const auto& [hz, level] : heard) EXPECT_GT(level, -26) << i << ' ' << hz;
  }
  EXPECT_LT(levels(parties[249], {1100})[1100], -55);
}

}  // namespace
}  // namespace belfry::gateway::media::testing_support
