#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "gateway/media/plane.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::Codec;
using belfry::media::PcmClip;
using belfry::media::Sample;
using Channels = call::RecordingTerms::Channels;

struct Listener final : call::RecordingListener {
  void on_recording_ended(call::RecordingId id, const call::RecordingResult& result) override {
    ended.emplace_back(id, result);
  }
  std::vector<std::pair<call::RecordingId, call::RecordingResult>> ended;
};

/// A WAV file, taken apart.
struct Stereo {
  std::vector<Sample> left, right;  // mono: left alone

  static Stereo read(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    Stereo result;
    if (bytes.size() < 44) return result;
    const int channels = bytes[22];
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data() + 40, 4);
    EXPECT_EQ(size, bytes.size() - 44) << "the header says the length";
    for (std::size_t at = 44; at + 1 < bytes.size(); at += 2) {
      Sample sample = 0;
      std::memcpy(&sample, bytes.data() + at, 2);
      const bool is_right = channels == 2 && ((at - 44) / 2) % 2 == 1;
      (is_right ? result.right : result.left).push_back(sample);
    }
    return result;
  }
  double seconds() const { return static_cast<double>(left.size()) / 8000; }
};

/// Where the sound begins, in samples.
std::ptrdiff_t onset(const std::vector<Sample>& samples, std::size_t from = 0) {
  for (std::size_t i = from; i < samples.size(); ++i)
    if (std::abs(samples[i]) > 1000) return static_cast<std::ptrdiff_t>(i);
  return -1;
}

double share(const std::vector<Sample>& samples, std::size_t from, std::size_t count, double hz) {
  const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(from);
  const std::vector<Sample> piece(begin, begin + static_cast<std::ptrdiff_t>(count));
  return belfry::media::tone_share(piece, belfry::media::narrowband, hz);
}

/// Two calls and their phones on a virtual clock.
struct RecordingsTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{1};
  std::unique_ptr<Plane> plane = make_plane();
  Listener listener;
  std::filesystem::path folder;

  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "belfry-rec-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override {
    plane.reset();
    std::filesystem::remove_all(folder);
  }
  std::unique_ptr<Plane> make_plane() {
    return std::make_unique<Plane>(
        loop, random,
        Plane::Settings{.media_timeout = 0s, .drive = Plane::Settings::Drive::by_owner}
    );
  }
  void pass(base::Duration time) {
    const base::Instant end = clock.now() + time;
    while (true) {
      loop.run_ready();
      plane->step();
      const auto media = plane->next_step();
      const auto control = loop.next_due();
      base::Instant next = end;
      if (media) next = std::min(next, *media);
      if (control) next = std::min(next, *control);
      if (next >= end && clock.now() >= end) break;
      clock.advance_to(next);
    }
  }
  Plane::LinkedSeats linked(
      Codec codec = Codec::pcmu, LinkQuality to_leg = {}, std::uint64_t seed = 7
  ) {
    const auto seats = plane->open_linked_seats({}, to_leg, seed);
    MediaTerms terms;
    terms.codec = codec;
    terms.payload_type_in = terms.payload_type_out = describe(codec).payload_type;
    terms.telephone_event_in = terms.telephone_event_out = 101;
    plane->set_terms(seats.leg, terms);
    plane->set_terms(seats.phone, terms);
    return seats;
  }
  call::RecordingTerms terms(
      std::string_view name, Channels channels = Channels::mono,
      call::Track track = call::Track::both
  ) const {
    call::RecordingTerms terms;
    terms.path = folder / name;
    terms.channels = channels;
    terms.track = track;
    return terms;
  }
  void play(call::SeatId seat, double hz, base::Duration length) {
    PcmClip clip{belfry::media::narrowband, {}};
    clip.samples.resize(belfry::media::samples_in(length, clip.rate));
    belfry::media::ToneGenerator(belfry::media::sine(hz), clip.rate).fill(clip.samples);
    plane->play(seat, call::ClipPlayback{std::make_shared<const PcmClip>(std::move(clip))});
  }
};

TEST_F(RecordingsTest, ADualRecordingOfAMinuteIsAsLongAsTheCallAndBothSidesAreInStep) {
  struct Case {
    Codec other;
    LinkQuality to_leg;  // of the other call's phone
  };
  // Relayed; relayed through jitter; decoded and encoded again.
  for (const Case& which :
       {Case{Codec::pcmu, {}}, Case{Codec::pcmu, {.jitter = 30ms}}, Case{Codec::pcma, {}}}) {
    const auto one = linked();
    const auto other = linked(which.other, which.to_leg, 9);
    plane->connect(one.leg, other.leg);
    pass(500ms);
    const auto recording =
        plane->start_recording(one.leg, terms("dual.wav", Channels::dual), &listener);
    ASSERT_TRUE(recording);
    pass(1s);
    for (int second = 0; second < 58; second += 2) {
      play(one.phone, 440, 200ms);
      play(other.phone, 700, 200ms);
      pass(2s);
    }
    pass(1s);
    plane->stop_recording(*recording);
    pass(1s);
    ASSERT_EQ(listener.ended.size(), 1u);
    EXPECT_EQ(listener.ended.back().first, *recording);
    EXPECT_EQ(listener.ended.back().second.length, 60s);
    EXPECT_FALSE(listener.ended.back().second.silent);
    listener.ended.clear();
    const Stereo heard = Stereo::read(folder / "dual.wav");
    ASSERT_EQ(heard.left.size(), 60u * 8000);
    ASSERT_EQ(heard.right.size(), heard.left.size());
    for (std::size_t second = 0; second < 58; second += 2) {
      const std::size_t from = 8000 * second + 4000;
      const auto left = onset(heard.left, from), right = onset(heard.right, from);
      EXPECT_NEAR(static_cast<double>(left - right), 0, 16) << "2 ms, at second " << second;
      EXPECT_GT(share(heard.left, static_cast<std::size_t>(left) + 200, 800, 440), 0.8);
      EXPECT_GT(share(heard.right, static_cast<std::size_t>(right) + 200, 800, 700), 0.8);
    }
    for (const call::SeatId seat : {one.leg, one.phone, other.leg, other.phone})
      plane->close_seat(seat);
    pass(100ms);
  }
}

TEST_F(RecordingsTest, WhatIsPlayedIsOnTheRightAndATrackAloneIsAlone) {
  const auto seats = linked();
  ASSERT_TRUE(plane->start_recording(seats.leg, terms("dual.wav", Channels::dual), &listener));
  ASSERT_TRUE(plane->start_recording(
      seats.leg, terms("in.wav", Channels::mono, call::Track::inbound), &listener
  ));
  ASSERT_TRUE(plane->start_recording(seats.leg, terms("mixed.wav"), &listener));
  play(seats.leg, 440, 1s);
  pass(1500ms);
  play(seats.phone, 700, 1s);
  pass(1500ms);
  plane->close_seat(seats.leg);
  pass(100ms);
  EXPECT_EQ(listener.ended.size(), 3u) << "they end with the seat";
  const Stereo dual = Stereo::read(folder / "dual.wav");
  EXPECT_NEAR(dual.seconds(), 3, 0.021);
  EXPECT_EQ(onset(dual.left), onset(dual.left, 11000));
  EXPECT_GT(share(dual.right, 1000, 4000, 440), 0.9);
  EXPECT_GT(share(dual.left, 13000, 4000, 700), 0.9);
  const Stereo inbound = Stereo::read(folder / "in.wav");
  EXPECT_EQ(inbound.left, dual.left);
  const Stereo mixed = Stereo::read(folder / "mixed.wav");
  EXPECT_GT(share(mixed.left, 1000, 4000, 440), 0.9);
  EXPECT_GT(share(mixed.left, 13000, 4000, 700), 0.9);
}

TEST_F(RecordingsTest, APauseIsLeftOutOrKeptAsSilence) {
  for (const call::WhilePaused how : {call::WhilePaused::skip, call::WhilePaused::silence}) {
    const auto seats = linked();
    pass(100ms);
    const auto recording = plane->start_recording(seats.leg, terms("paused.wav"), &listener);
    ASSERT_TRUE(recording);
    play(seats.phone, 440, 10s);
    pass(2s);
    plane->pause_recording(*recording, how);
    pass(3s);
    plane->resume_recording(*recording);
    pass(1s);
    plane->stop_recording(*recording);
    pass(500ms);
    const Stereo heard = Stereo::read(folder / "paused.wav");
    if (how == call::WhilePaused::skip) {
      EXPECT_NEAR(heard.seconds(), 3, 0.001);
      EXPECT_GT(share(heard.left, 8000, 12000, 440), 0.8);
    } else {
      EXPECT_NEAR(heard.seconds(), 6, 0.001);
      EXPECT_EQ(onset(std::vector(heard.left.begin() + 16001, heard.left.begin() + 39999)), -1);
      EXPECT_GT(share(heard.left, 41000, 6000, 440), 0.9);
    }
    plane->close_seat(seats.leg);
    plane->close_seat(seats.phone);
  }
}

TEST_F(RecordingsTest, SilenceAroundTheSoundIsTrimmedAndNothingButSilenceLeavesNothing) {
  const auto seats = linked();
  auto trimmed = terms("trimmed.wav");
  trimmed.trim_silence = true;
  const auto recording = plane->start_recording(seats.leg, trimmed, &listener);
  pass(2s);
  play(seats.phone, 440, 1s);
  pass(4s);
  plane->stop_recording(*recording);
  pass(500ms);
  ASSERT_EQ(listener.ended.size(), 1u);
  EXPECT_NEAR(static_cast<double>(base::to_ms(listener.ended[0].second.length)), 1080, 45);
  EXPECT_NEAR(Stereo::read(folder / "trimmed.wav").seconds(), 1.08, 0.045);

  const auto silent = plane->start_recording(seats.leg, trimmed, &listener);
  pass(2s);
  plane->stop_recording(*silent);
  pass(500ms);
  ASSERT_EQ(listener.ended.size(), 2u);
  EXPECT_TRUE(listener.ended[1].second.silent);
  EXPECT_EQ(listener.ended[1].second.length, 0s);
  EXPECT_FALSE(std::filesystem::exists(folder / "trimmed.wav.part"));
}

TEST_F(RecordingsTest, IsReadableWhileItRunsUpToTheLastSecond) {  // rule R8
  const auto seats = linked();
  ASSERT_TRUE(plane->start_recording(seats.leg, terms("live.wav", Channels::dual), &listener));
  for (int second = 1; second < 8; ++second) {
    pass(1s);
    const Stereo heard = Stereo::read(folder / "live.wav.part");
    EXPECT_GT(heard.seconds(), second - 1.0) << second;
  }
}

TEST_F(RecordingsTest, WhatAKilledProcessLeavesIsRepaired) {  // rule R8
  const auto seats = linked();
  ASSERT_TRUE(plane->start_recording(seats.leg, terms("cut.wav", Channels::dual), &listener));
  play(seats.leg, 440, 10s);
  pass(5s);
  // As the disk would be: a copy made while it runs.
  std::filesystem::copy(folder / "cut.wav.part", folder / "copy.wav.part");
  const auto repaired = belfry::media::repair_part(folder / "copy.wav.part");
  ASSERT_TRUE(repaired && *repaired);
  EXPECT_GE(**repaired, 4s);
  const Stereo heard = Stereo::read(folder / "copy.wav");
  EXPECT_EQ(onset(heard.left), -1);
  EXPECT_GT(share(heard.right, 8000, 8000, 440), 0.9);
}

TEST_F(RecordingsTest, AFolderThatIsNotThereFailsTheRecordingAndNotTheCall) {
  const auto seats = linked();
  ASSERT_TRUE(plane->start_recording(seats.leg, terms("nowhere/x.wav"), &listener));
  pass(1s);
  ASSERT_EQ(listener.ended.size(), 1u) << "at once, not when the call ends";
  EXPECT_TRUE(listener.ended[0].second.failed);
  plane->close_seat(seats.leg);
  pass(1s);
  EXPECT_EQ(listener.ended.size(), 1u);
}

struct Hearing final : call::AudioTap {
  void on_audio(call::Track track, base::Duration since, std::span<const Sample> samples) override {
    EXPECT_EQ(samples.size(), 160u);
    auto& times = track == call::Track::inbound ? inbound : outbound;
    if (!times.empty()) EXPECT_GT(since, times.back());
    times.push_back(since);
    auto& sound = track == call::Track::inbound ? said : played;
    sound.insert(sound.end(), samples.begin(), samples.end());
  }
  std::vector<base::Duration> inbound, outbound;
  std::vector<Sample> said, played;
};

TEST_F(RecordingsTest, ATapHearsBothSidesAsItHappensUntilItIsTakenOff) {
  const auto seats = linked();
  pass(200ms);
  Hearing hearing;
  const call::TapId tap = plane->add_tap(seats.leg, call::Track::both, &hearing);
  play(seats.leg, 440, 1s);
  play(seats.phone, 700, 1s);
  pass(1s);
  EXPECT_NEAR(static_cast<double>(hearing.inbound.size()), 47, 3);
  EXPECT_NEAR(static_cast<double>(hearing.outbound.size()), 50, 1);
  EXPECT_GT(share(hearing.said, 1600, 4000, 700), 0.9);
  EXPECT_GT(share(hearing.played, 1600, 4000, 440), 0.9);
  plane->remove_tap(tap);
  const std::size_t before = hearing.inbound.size();
  pass(1s);
  EXPECT_EQ(hearing.inbound.size(), before);
  Hearing late;
  const call::TapId left_on = plane->add_tap(seats.leg, call::Track::inbound, &late);
  pass(100ms);
  plane->close_seat(seats.leg);
  pass(100ms);
  EXPECT_TRUE(late.outbound.empty());
  plane->remove_tap(left_on);
}

TEST_F(RecordingsTest, ATapJumpsOverWhatWasLost) {
  const auto seats = linked(Codec::pcmu, {.loss = 0.3});
  Hearing hearing;
  plane->add_tap(seats.leg, call::Track::inbound, &hearing);
  pass(10s);
  EXPECT_NEAR(static_cast<double>(hearing.inbound.size()), 350, 40);
  EXPECT_GT(hearing.inbound.back(), 9800ms);
  plane->close_seat(seats.leg);
  pass(100ms);
}

}  // namespace
}  // namespace belfry::gateway::media
