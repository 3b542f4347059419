#include "media/tone_detector.hpp"

#include <gtest/gtest.h>

#include "media/codec.hpp"
#include "media/ring_tones.hpp"
#include "media/tone.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
using Beeps = std::vector<ToneDetector::Beep>;

std::vector<Sample> sound(const Tone& tone, base::Duration length, SampleRate rate = narrowband) {
  std::vector<Sample> samples(samples_in(length, rate));
  ToneGenerator(tone, rate).fill(samples);
  samples.resize(samples.size() + samples_in(300ms, rate));
  return samples;
}

/// What a telephone makes of it.
void squeeze(std::vector<Sample>& samples) {
  const auto codec = make_encoder(Codec::pcmu);
  const auto back = make_decoder(Codec::pcmu);
  std::array<std::byte, 160> packet{};
  for (std::size_t at = 0; at + 160 <= samples.size(); at += 160) {
    const Samples frame = Samples(samples).subspan(at, 160);
    const std::size_t size = codec->encode(frame, packet);
    back->decode(std::span(packet).first(size), frame);
  }
}

Beeps beeps_in(ConstSamples samples, SampleRate rate = narrowband) {
  ToneDetector detector(rate);
  Beeps found;
  const std::size_t frame = samples_per_frame(rate);
  for (std::size_t at = 0; at + frame <= samples.size(); at += frame) {
    detector.handle_frame(samples.subspan(at, frame));
    while (const auto beep = detector.poll_beep()) found.push_back(*beep);
  }
  return found;
}

TEST(ToneDetector, FindsTheBeepsOfMachines) {
  for (const double hz : {440.0, 523.0, 800.0, 1000.0, 1400.0, 2100.0, 2450.0}) {
    for (const base::Duration length : {200ms, 400ms, 800ms}) {
      for (const double level : {-9.0, -20.0, -35.0}) {
        auto samples = sound(sine(hz, level), length);
        squeeze(samples);
        const Beeps found = beeps_in(samples);
        ASSERT_EQ(found.size(), 1u) << hz << " Hz " << base::to_ms(length) << " ms " << level;
        EXPECT_NEAR(found[0].hz, hz, 15);
        EXPECT_GE(found[0].length, length - 60ms);
        EXPECT_LE(found[0].length, length + 20ms);
      }
    }
  }
}

TEST(ToneDetector, WorksAtEveryRate) {
  for (const SampleRate rate : {narrowband, wideband, fullband}) {
    const Beeps found = beeps_in(sound(sine(1000), 300ms, rate), rate);
    ASSERT_EQ(found.size(), 1u) << rate.hz;
    EXPECT_NEAR(found[0].hz, 1000, 15);
  }
}

TEST(ToneDetector, AShortPipIsNoBeep) {
  EXPECT_TRUE(beeps_in(sound(sine(1000), 90ms)).empty());
}

TEST(ToneDetector, ALongToneIsReportedAfterASecondAndOnce) {
  const Beeps found = beeps_in(sound(sine(2100), 3s));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].length, 1s);
}

TEST(ToneDetector, TonesOfOtherHeightsAreNoBeeps) {
  EXPECT_TRUE(beeps_in(sound(sine(300), 500ms)).empty());
  EXPECT_TRUE(beeps_in(sound(sine(3000), 500ms)).empty());
  EXPECT_TRUE(beeps_in(sound(sine(1000, -60), 500ms)).empty());
}

TEST(ToneDetector, KeysAreNoBeeps) {
  for (const char key : std::string_view("0123456789ABCD*#")) {
    auto samples = sound(*dtmf_tone(key), 300ms);
    squeeze(samples);
    EXPECT_TRUE(beeps_in(samples).empty()) << key;
  }
}

TEST(ToneDetector, TheNetworksTonesAreKnownAndNoBeeps) {
  const Tone dial{{350, 440}, -19, {}, {}};
  for (const Tone& tone : {tones::ringback, tones::busy, tones::reorder, dial, sine(425, -19)}) {
    auto samples = sound(tone, 4s);
    squeeze(samples);
    EXPECT_TRUE(beeps_in(samples).empty()) << tone.hz[0] << " " << tone.hz[1];
    ToneDetector detector(narrowband);
    for (std::size_t at = 0; at < 8000; at += 160)
      detector.handle_frame(ConstSamples(samples).subspan(at, 160));
    EXPECT_TRUE(detector.hears_network()) << tone.hz[0] << " " << tone.hz[1];
  }
}

TEST(ToneDetector, NoiseIsNeither) {
  std::vector<Sample> samples(80'000);
  NoiseGenerator(-20).fill(samples);
  EXPECT_TRUE(beeps_in(samples).empty());
  ToneDetector detector(narrowband);
  for (std::size_t at = 0; at < samples.size(); at += 160) {
    detector.handle_frame(ConstSamples(samples).subspan(at, 160));
    ASSERT_FALSE(detector.hears_network());
  }
}

TEST(RingTones, SoundAsInTheirCountries) {
  const PcmClip us = ring_tone("us");
  EXPECT_EQ(us.duration(), 6s);
  EXPECT_GT(tone_level_dbov(ConstSamples(us.samples).first(8000), us.rate, 440), -22);
  EXPECT_GT(tone_level_dbov(ConstSamples(us.samples).first(8000), us.rate, 480), -22);
  const PcmClip uk = ring_tone("UK");
  EXPECT_EQ(uk.duration(), 3s);
  const auto part = [&](base::Duration at) {
    return ConstSamples(uk.samples).subspan(samples_in(at, uk.rate), samples_in(100ms, uk.rate));
  };
  EXPECT_GT(tone_level_dbov(part(100ms), uk.rate, 400), -22);
  EXPECT_LT(tone_level_dbov(part(450ms), uk.rate, 400), -60);
  EXPECT_GT(tone_level_dbov(part(700ms), uk.rate, 450), -22);
  EXPECT_LT(tone_level_dbov(part(1500ms), uk.rate, 450), -60);
  EXPECT_EQ(ring_tone("xx").samples, us.samples) << "others ring as the United States do";
}

}  // namespace
}  // namespace belfry::media
