#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/media/plane.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"

/// For tests: parties in a room, and who has heard whom.
namespace belfry::gateway::media::testing_support {

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

}  // namespace belfry::gateway::media::testing_support
