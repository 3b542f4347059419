#include "gateway/media/plane.hpp"

#include <utility>

#include "media/level.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::Codec;

struct Listener final : call::SeatListener {
  void on_playback_started(call::PlaybackId) override { ++started; }
  void on_playback_finished(call::PlaybackId) override { ++finished; }
  void on_seat_digit(char digit) override { digits += digit; }
  void on_media_timeout() override { ++timeouts; }
  void on_speech(bool speaking) override { speech += speaking ? '(' : ')'; }
  int started = 0;
  int finished = 0;
  int timeouts = 0;
  std::string digits;
  std::string speech;
};

/// What a seat's party says.
struct Hearing final : call::AudioTap {
  void on_audio(call::Track, base::Duration, std::span<const std::int16_t> samples) override {
    heard.insert(heard.end(), samples.begin(), samples.end());
  }
  std::vector<std::int16_t> heard;
};

/// A plane without a thread on a virtual clock.
struct PlaneTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{1};
  Plane plane{loop, random, {.media_timeout = 60s, .drive = Plane::Settings::Drive::by_owner}};
  Listener leg, phone;
  std::filesystem::path folder = testing::TempDir();

  static MediaTerms with_events(Codec codec = Codec::pcmu) {
    MediaTerms terms;
    terms.codec = codec;
    terms.payload_type_in = terms.payload_type_out = describe(codec).payload_type;
    terms.telephone_event_in = terms.telephone_event_out = 101;
    return terms;
  }
  void pass(base::Duration time) {
    const base::Instant end = clock.now() + time;
    while (true) {
      loop.run_ready();
      plane.step();
      const auto media = plane.next_step();
      const auto control = loop.next_due();
      base::Instant next = end;
      if (media) next = std::min(next, *media);
      if (control) next = std::min(next, *control);
      if (next >= end && clock.now() >= end) break;
      clock.advance_to(next);
    }
  }
  Plane::LinkedSeats linked(LinkQuality quality = {}, MediaTerms terms = with_events()) {
    const auto seats = plane.open_linked_seats(quality, quality, 7);
    plane.set_terms(seats.leg, terms);
    plane.set_terms(seats.phone, terms);
    plane.listen(seats.leg, &leg);
    plane.listen(seats.phone, &phone);
    return seats;
  }
  static MediaTerms without_events() {
    MediaTerms terms;
    return terms;
  }
  static call::Playback tone(double hz, base::Duration length) {
    belfry::media::PcmClip clip{belfry::media::wideband, {}};
    clip.samples.resize(belfry::media::samples_in(length, clip.rate));
    belfry::media::ToneGenerator(belfry::media::sine(hz), clip.rate).fill(clip.samples);
    return call::ClipPlayback{std::make_shared<const belfry::media::PcmClip>(std::move(clip))};
  }
  static call::RecordingTerms inbound(const std::string& path) {
    call::RecordingTerms terms;
    terms.path = path;
    terms.track = call::Track::inbound;
    return terms;
  }
  base::Task<void> ask(call::SeatId seat, std::optional<call::SeatStatistics>& seen) {
    seen = co_await plane.statistics(seat);
  }
  static double share(const belfry::media::PcmClip& clip, double hz) {
    return belfry::media::tone_share(clip.samples, clip.rate, hz);
  }
};

TEST_F(PlaneTest, WhatIsPlayedToALegIsHeardByItsPhone) {
  const auto seats = linked();
  const std::string path = folder / "heard.wav";
  ASSERT_TRUE(plane.start_recording(seats.phone, inbound(path), nullptr));
  pass(100ms);
  plane.play(seats.leg, tone(440, 1s));
  pass(2s);
  EXPECT_EQ(leg.started, 1);
  EXPECT_EQ(leg.finished, 1);
  plane.close_seat(seats.phone);
  pass(100ms);
  const auto heard = belfry::media::read_audio_file(path);
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_NEAR(std::chrono::duration<double>(heard->duration()).count(), 2.1, 0.1);
  belfry::media::PcmClip middle{
      heard->rate, {heard->samples.begin() + 4000, heard->samples.begin() + 8000}
  };
  EXPECT_GT(share(middle, 440), 0.9);
}

TEST_F(PlaneTest, SoundSurvivesStallsOfTheMachine) {
  const auto seats = linked();
  const std::string path = folder / "stalled.wav";
  ASSERT_TRUE(plane.start_recording(seats.phone, inbound(path), nullptr));
  pass(100ms);
  plane.play(seats.leg, tone(440, 2s));
  for (int stall = 0; stall < 20; ++stall) {
    clock.advance_to(clock.now() + 130ms);
    pass(20ms);
  }
  plane.close_seat(seats.phone);
  pass(100ms);
  EXPECT_GT(plane.late_ticks(), 50);
  const auto heard = belfry::media::read_audio_file(path);
  ASSERT_TRUE(heard) << heard.error().message;
  const std::size_t window = belfry::media::samples_in(10ms, heard->rate);
  int loud = 0;
  for (std::size_t at = 0; at + window <= heard->samples.size(); at += window) {
    belfry::media::PcmClip piece{
        heard->rate,
        {heard->samples.begin() + static_cast<std::ptrdiff_t>(at),
         heard->samples.begin() + static_cast<std::ptrdiff_t>(at + window)}
    };
    if (belfry::media::level_dbov(piece.samples) > -30) ++loud;
  }
  EXPECT_NEAR(loud, 200, 4) << "windows of 10 ms in which two seconds of tone are heard";
}

TEST_F(PlaneTest, APhoneThatWasMadeToSayNothingIsKnownToListen) {
  const auto seats = linked();
  const auto listens = [&](call::SeatId seat) {
    std::optional<call::SeatStatistics> seen;
    base::TaskGroup tasks{loop};
    tasks.spawn(ask(seat, seen));
    pass(100ms);
    return seen.value().listens_only;
  };
  plane.play(seats.leg, tone(440, 200ms));
  plane.play(seats.phone, call::DigitsPlayback{"12"});
  pass(2s);
  EXPECT_EQ(leg.digits, "12");
  EXPECT_TRUE(listens(seats.leg)) << "a key is no sound";
  EXPECT_FALSE(listens(seats.phone));
  plane.play(seats.phone, tone(440, 200ms));
  pass(1s);
  EXPECT_FALSE(listens(seats.leg));
}

TEST_F(PlaneTest, DigitsArriveOnceWhetherSentAsEventsOrAsTones) {
  for (const MediaTerms& terms : {with_events(), without_events()}) {
    const auto seats = linked({.loss = 0.05, .jitter = 20ms}, terms);
    leg.digits.clear();
    phone.finished = 0;
    plane.play(seats.phone, call::DigitsPlayback{"14w#9"});
    pass(4s);
    EXPECT_EQ(leg.digits, "14#9");
    EXPECT_EQ(phone.finished, 1);
    plane.close_seat(seats.leg);
    plane.close_seat(seats.phone);
  }
}

TEST_F(PlaneTest, StoppingEndsWhatPlaysAndWhatWaits) {
  const auto seats = linked();
  plane.play(seats.leg, tone(440, 10s));
  plane.play(seats.leg, tone(440, 10s));
  pass(500ms);
  plane.stop_playing(seats.leg);
  pass(100ms);
  EXPECT_EQ(leg.finished, 2);
}

TEST_F(PlaneTest, SpeechOfTheOtherSideIsNoticed) {
  const auto seats = linked();
  plane.watch_speech(seats.phone);
  pass(500ms);
  plane.play(seats.leg, tone(300, 1s));
  pass(3s);
  EXPECT_EQ(phone.speech, "()");
}

TEST_F(PlaneTest, ARoomOfTwoCarriesAudioBothWaysWithEqualAndWithDifferentCodecs) {
  for (const Codec second : {Codec::pcmu, Codec::pcma, Codec::g722}) {
    const auto one = linked();
    const auto other = linked({}, with_events(second));
    const std::string path = folder / "bridged.wav";
    ASSERT_TRUE(plane.start_recording(other.phone, inbound(path), nullptr));
    plane.connect(one.leg, other.leg);
    pass(200ms);
    plane.play(one.phone, tone(440, 1s));
    pass(1500ms);
    plane.close_seat(other.phone);
    pass(100ms);
    const auto heard = belfry::media::read_audio_file(path);
    ASSERT_TRUE(heard) << heard.error().message;
    belfry::media::PcmClip middle{
        heard->rate, {heard->samples.begin() + 4800, heard->samples.begin() + 8000}
    };
    EXPECT_GT(share(middle, 440), 0.9) << describe(second).name;
    for (const call::SeatId seat : {one.leg, one.phone, other.leg}) plane.close_seat(seat);
  }
}

/// Between the two Opus works at 8 kHz: whatever comes or goes in between finds it as it was.
TEST_F(PlaneTest, ABrowserAndATelephoneHearEachOtherWhateverElseHappens) {
  const auto browser = linked({}, with_events(Codec::opus));
  const auto telephone = linked({}, with_events(Codec::pcmu));
  const auto expect_to_hear = [&](call::SeatId seat, double hz, const std::string& what) {
    Hearing hearing;
    const call::TapId tap = plane.add_tap(seat, call::Track::inbound, &hearing);
    pass(1s);
    plane.remove_tap(tap);
    ASSERT_GT(hearing.heard.size(), 6000u) << what;
    const auto end = belfry::media::ConstSamples(hearing.heard).last(4000);
    EXPECT_GT(belfry::media::tone_share(end, belfry::media::narrowband, hz), 0.9) << what;
  };
  const auto expect_both = [&](const std::string& what) {
    expect_to_hear(telephone.phone, 300, what + ": the telephone");
    expect_to_hear(browser.phone, 700, what + ": the browser");
  };
  plane.play(browser.phone, tone(300, 60s));
  plane.play(telephone.phone, tone(700, 60s));
  plane.connect(browser.leg, telephone.leg);
  pass(500ms);
  expect_both("alone");
  expect_to_hear(browser.leg, 300, "while the browser is listened to");
  expect_both("after that");
  plane.play(browser.leg, tone(1100, 2s));
  pass(300ms);
  expect_to_hear(browser.phone, 1100, "a prompt");
  pass(1s);
  expect_both("after the prompt");
  const call::RoomId room = plane.open_room(nullptr);
  plane.enter(room, browser.leg, {});
  plane.enter(room, telephone.leg, {});
  pass(300ms);
  expect_both("in a conference");
  plane.connect(browser.leg, telephone.leg);
  pass(300ms);
  expect_both("after the conference");
}

TEST_F(PlaneTest, DigitsPassThroughARelayAndAreSeenOnTheWay) {
  const auto one = linked();
  Listener far_leg, far_phone;
  const auto other = plane.open_linked_seats({}, {}, 9);
  for (const call::SeatId seat : {other.leg, other.phone}) plane.set_terms(seat, with_events());
  plane.listen(other.leg, &far_leg);
  plane.listen(other.phone, &far_phone);
  plane.connect(one.leg, other.leg);
  pass(200ms);
  plane.play(one.phone, call::DigitsPlayback{"5"});
  pass(1s);
  EXPECT_EQ(leg.digits, "5");
  EXPECT_EQ(far_phone.digits, "5");
}

TEST_F(PlaneTest, DigitsPassBetweenPartiesWithDifferentCodecs) {
  for (const auto& [codec, far_codec] :
       {std::pair(Codec::opus, Codec::pcmu), std::pair(Codec::pcmu, Codec::opus)}) {
    const auto one = linked({}, with_events(codec));
    Listener far_leg, far_phone;
    const auto other = plane.open_linked_seats({}, {}, 9);
    for (const call::SeatId seat : {other.leg, other.phone})
      plane.set_terms(seat, with_events(far_codec));
    plane.listen(other.leg, &far_leg);
    plane.listen(other.phone, &far_phone);
    plane.connect(one.leg, other.leg);
    pass(200ms);
    plane.play(one.phone, call::DigitsPlayback{"55#0"});
    pass(3s);
    EXPECT_EQ(std::exchange(leg.digits, ""), "55#0") << describe(codec).name;
    EXPECT_EQ(far_phone.digits, "55#0") << describe(codec).name;
    for (const call::SeatId seat : {one.leg, one.phone, other.leg, other.phone})
      plane.close_seat(seat);
  }
}

TEST_F(PlaneTest, KeysOfSignallingReachThePeerAsEventsOrTonesAndOnlyOnce) {
  for (const MediaTerms& far_terms : {with_events(), with_events(Codec::opus), without_events()}) {
    const auto one = linked();
    Listener far_leg, far_phone;
    const auto other = plane.open_linked_seats({}, {}, 9);
    for (const call::SeatId seat : {other.leg, other.phone}) plane.set_terms(seat, far_terms);
    plane.listen(other.leg, &far_leg);
    plane.listen(other.phone, &far_phone);
    plane.connect(one.leg, other.leg);
    pass(1s);
    plane.press(one.leg, '7');
    pass(1500ms);
    EXPECT_EQ(far_phone.digits, "7") << far_terms.telephone_event_out.has_value();
    // The same press in the media as well, before and after.
    plane.press(one.leg, '1');
    plane.play(one.phone, call::DigitsPlayback{"1"});
    pass(1500ms);
    plane.play(one.phone, call::DigitsPlayback{"2"});
    pass(200ms);
    plane.press(one.leg, '2');
    pass(1500ms);
    EXPECT_EQ(far_phone.digits, "712");
    for (const call::SeatId seat : {one.leg, one.phone, other.leg, other.phone})
      plane.close_seat(seat);
  }
}

TEST_F(PlaneTest, SilenceOnTheNetworkIsReportedOnce) {
  const auto seats = plane.open_linked_seats({}, {.blocked = true}, 7);
  plane.set_terms(seats.leg, with_events());
  plane.set_terms(seats.phone, with_events());
  plane.listen(seats.leg, &leg);
  pass(59s);
  EXPECT_EQ(leg.timeouts, 0);
  pass(10s);
  EXPECT_EQ(leg.timeouts, 1) << "rule S9";
}

TEST_F(PlaneTest, AHeldLegDoesNotTimeOutAndItsPlaybackStillEnds) {
  const auto seats = linked();
  MediaTerms held = with_events();
  held.receive = held.send = false;
  plane.set_terms(seats.leg, held);
  plane.play(seats.leg, tone(440, 500ms));
  pass(120s);
  EXPECT_EQ(leg.timeouts, 0);
  EXPECT_EQ(leg.finished, 1);
}

TEST_F(PlaneTest, StatisticsTellOfLossAndQuality) {
  const auto seats = linked({.loss = 0.10, .jitter = 30ms});
  pass(20s);
  std::optional<call::SeatStatistics> result;
  base::TaskGroup tasks(loop);
  const auto ask = [](Plane& of, call::SeatId seat, std::optional<call::SeatStatistics>& into
                   ) -> base::Task<void> { into = co_await of.statistics(seat); };
  tasks.spawn(ask(plane, seats.leg, result));
  pass(100ms);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->codec, "PCMU");
  EXPECT_NEAR(static_cast<double>(result->packets_in), 900, 60);
  EXPECT_NEAR(static_cast<double>(result->packets_lost), 100, 40);
  EXPECT_GT(result->round_trip_ms, 0);
  EXPECT_LT(result->mos, 4.0);
}

TEST_F(PlaneTest, MoreCommandsThanTheQueueHoldsAreTakenOneByOne) {
  const auto seats = linked();
  for (int i = 0; i < 10'000; ++i) plane.stop_playing(seats.leg);
  plane.play(seats.leg, tone(440, 100ms));
  pass(1s);
  EXPECT_EQ(leg.finished, 1);
}

TEST_F(PlaneTest, TheSameSeedGivesTheSameLosses) {
  std::array<std::string, 2> heard;
  for (std::string& digits : heard) {
    digits.clear();
    const auto seats = linked({.loss = 0.6});
    leg.digits.clear();
    plane.play(seats.phone, call::DigitsPlayback{"1234567890"});
    pass(5s);
    digits = leg.digits + "/" + std::to_string(leg.digits.size());
    plane.close_seat(seats.leg);
    plane.close_seat(seats.phone);
  }
  EXPECT_EQ(heard[0], heard[1]);
}

}  // namespace
}  // namespace belfry::gateway::media
