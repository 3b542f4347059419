#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/media/plane.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::Codec;
using belfry::media::PcmClip;

struct Finishes final : call::RoomListener, call::SeatListener {
  void on_room_playback_finished(call::PlaybackId playback) override { room.push_back(playback); }
  void on_playback_started(call::PlaybackId) override {}
  void on_playback_finished(call::PlaybackId) override { ++seat; }
  void on_seat_digit(char digit) override { digits += digit; }
  void on_media_timeout() override {}
  void on_speech(bool speaking) override { speech += speaking ? '(' : ')'; }
  std::vector<call::PlaybackId> room;
  int seat = 0;
  std::string digits, speech;
};

/// Keeps what a seat or a room is said to have heard.
struct Ear final : FrameTap {
  void on_frame(const TappedFrame& frame) noexcept override {
    ++frames;
    rate = frame.rate;
    heard.insert(heard.end(), frame.heard.begin(), frame.heard.end());
    spoken.insert(spoken.end(), frame.spoken.begin(), frame.spoken.end());
  }
  int frames = 0;
  belfry::media::SampleRate rate;
  std::vector<belfry::media::Sample> heard, spoken;
};

/// Parties with phones of their own, joined by modelled networks, on virtual time.
struct RoomTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{1};
  Plane plane{loop, random, {.media_timeout = 60s, .drive = Plane::Settings::Drive::by_owner}};
  struct Ends final : call::RecordingListener {
    void on_recording_ended(call::RecordingId, const call::RecordingResult& result) override {
      EXPECT_FALSE(result.failed);
      ++count;
    }
    int count = 0;
  };
  Ends ends;
  Finishes finishes;
  call::RoomId room = plane.open_room(&finishes);
  std::filesystem::path folder = testing::TempDir();

  struct Party {
    call::SeatId leg, phone;
    std::string file;  // what the phone hears
    call::RecordingId recording;
  };

  void pass(base::Duration time) {
    const base::Instant end = clock.now() + time;
    while (true) {
      loop.run_ready();
      plane.step();
      base::Instant next = end;
      if (const auto media = plane.next_step()) next = std::min(next, *media);
      if (const auto control = loop.next_due()) next = std::min(next, *control);
      if (next >= end && clock.now() >= end) break;
      clock.advance_to(next);
    }
  }
  static MediaTerms terms(Codec codec) {
    MediaTerms terms;
    terms.codec = codec;
    terms.payload_type_in = terms.payload_type_out = describe(codec).payload_type;
    terms.telephone_event_in = terms.telephone_event_out = 101;
    return terms;
  }
  Party call(Codec codec = Codec::pcmu, LinkQuality quality = {}) {
    const auto seats = plane.open_linked_seats(quality, quality, random.next());
    plane.set_terms(seats.leg, terms(codec));
    plane.set_terms(seats.phone, terms(codec));
    return {seats.leg, seats.phone, {}, {}};
  }
  /// From now on into a new file.
  void listen(Party& party) {
    party.file = folder / ("room-" + std::to_string(++files_) + ".wav");
    call::RecordingTerms terms;
    terms.path = party.file;
    terms.track = call::Track::inbound;
    const auto recording = plane.start_recording(party.phone, terms, &ends);
    ASSERT_TRUE(recording) << recording.error().message;
    party.recording = *recording;
  }
  void say(const Party& party, double hz, base::Duration length = 60s) {
    plane.play(party.phone, tone(hz, length));
  }
  static call::Playback tone(double hz, base::Duration length, double level = -20) {
    PcmClip clip{belfry::media::wideband, {}};
    clip.samples.resize(belfry::media::samples_in(length, clip.rate));
    belfry::media::ToneGenerator(belfry::media::sine(hz, level), clip.rate).fill(clip.samples);
    return call::ClipPlayback{std::make_shared<const PcmClip>(std::move(clip))};
  }
  PcmClip heard_by(Party& party) {
    const int before = ends.count;
    plane.stop_recording(party.recording);
    for (int tries = 0; tries < 100 && ends.count == before; ++tries) pass(20ms);
    auto clip = belfry::media::read_audio_file(party.file);
    EXPECT_TRUE(clip) << clip.error().message;
    return clip ? *clip : PcmClip{};
  }
  /// Level of a tone in what the phone hears during the next 600 ms.
  std::map<double, double> levels(Party& party, const std::vector<double>& tones) {
    listen(party);
    pass(600ms);
    const PcmClip clip = heard_by(party);
    std::map<double, double> result;
    const auto samples = belfry::media::ConstSamples(clip.samples);
    for (const double hz : tones)
      result[hz] = belfry::media::tone_level_dbov(
          samples.last(std::min<std::size_t>(samples.size(), 3200)), clip.rate, hz
      );
    return result;
  }

 private:
  int files_ = 0;
};

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

/// A worker of its own, driven by hand, for what the plane does not show.
struct WorkerRoomTest : testing::Test {
  Worker worker;
  base::Instant now{1s};
  std::uint64_t last_id = 0;

  void submit(Command command) { ASSERT_TRUE(worker.submit(command)); }
  std::pair<call::SeatId, call::SeatId> seats(Codec codec) {
    auto [leg, phone] = make_modelled_network({}, {}, ++last_id);
    std::array<call::SeatId, 2> ids;
    std::array<std::unique_ptr<Wire>, 2> wires{std::move(leg), std::move(phone)};
    for (std::size_t i = 0; i < 2; ++i) {
      ids[i] = call::SeatId{++last_id};
      submit(AddSeat{std::make_unique<Seat>(
          Seat::Settings{.id = ids[i], .random_seed = last_id}, std::move(wires[i])
      )});
      submit(SetCoding{ids[i], std::make_unique<Coding>(RoomTest::terms(codec))});
    }
    return {ids[0], ids[1]};
  }
  void play(call::SeatId seat, double hz, belfry::media::SampleRate rate) {
    auto playback = std::get<call::ClipPlayback>(RoomTest::tone(hz, 20s));
    playback.clip = std::make_shared<const PcmClip>(belfry::media::resample(*playback.clip, rate));
    submit(Play{seat, {++last_id}, playback});
  }
  void pass(base::Duration time) {
    for (const base::Instant end = now + time; now < end; now += 20ms) worker.step(now);
  }
  /// The taps that were let go since it was asked last.
  std::vector<FrameTap*> released() {
    std::vector<FrameTap*> taps;
    while (auto report = worker.take_report()) {
      if (const auto* end = std::get_if<TapReleased>(&*report)) taps.push_back(end->tap);
    }
    return taps;
  }
};

TEST_F(WorkerRoomTest, TapsOfARoomHaveWhatAllSayAndThoseOfASeatBothSides) {
  const auto [one, first_phone] = seats(Codec::pcmu);
  const auto [two, second_phone] = seats(Codec::opus);
  const call::RoomId room{++last_id};
  Ear all, side;
  submit(OpenRoom{std::make_unique<Room>(room)});
  for (const call::SeatId seat : {one, two})
    submit(EnterRoom{room, seat, {}, std::make_unique<RoomMember>(seat)});
  submit(AddRoomTap{room, &all});
  submit(AddTap{two, &side});
  play(first_phone, 440, belfry::media::narrowband);
  play(second_phone, 700, belfry::media::fullband);
  pass(2s);
  EXPECT_EQ(all.frames, side.frames);
  EXPECT_NEAR(all.frames, 99, 1);
  EXPECT_EQ(all.rate, belfry::media::narrowband);
  const auto end = [](const std::vector<belfry::media::Sample>& samples, std::size_t count) {
    return belfry::media::ConstSamples(samples).last(count);
  };
  EXPECT_GT(belfry::media::tone_level_dbov(end(all.heard, 4000), all.rate, 440), -23);
  EXPECT_GT(belfry::media::tone_level_dbov(end(all.heard, 4000), all.rate, 700), -23);
  EXPECT_GT(belfry::media::tone_share(end(side.heard, 24000), side.rate, 700), 0.95);
  EXPECT_GT(belfry::media::tone_share(end(side.spoken, 24000), side.rate, 440), 0.95);
  submit(RemoveSeat{two});
  submit(CloseRoom{room});
  worker.step(now);
  EXPECT_THAT(released(), testing::UnorderedElementsAre(&all, &side));
}

TEST_F(WorkerRoomTest, ATapOfOneWhosePacketsAreRelayedHearsBothSides) {
  const auto [one, first_phone] = seats(Codec::pcmu);
  const auto [two, second_phone] = seats(Codec::pcmu);
  submit(Connect{one, two});
  Ear side;
  submit(AddTap{one, &side});
  play(first_phone, 440, belfry::media::narrowband);
  play(second_phone, 700, belfry::media::narrowband);
  pass(2s);
  const auto last = [](const std::vector<belfry::media::Sample>& samples) {
    return belfry::media::ConstSamples(samples).last(4000);
  };
  EXPECT_GT(belfry::media::tone_share(last(side.heard), side.rate, 440), 0.95);
  EXPECT_GT(belfry::media::tone_share(last(side.spoken), side.rate, 700), 0.95);
  submit(RemoveTap{one, &side});
  worker.step(now);
  EXPECT_THAT(released(), testing::ElementsAre(&side));
}

}  // namespace
}  // namespace belfry::gateway::media
