#include <gtest/gtest.h>

#include "media/codec.hpp"

#include "media/g711.hpp"
#include "media/testing.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
using testing::render;
using testing::snr_db;

struct RoundTrip {
  std::vector<Sample> original, decoded;
};

RoundTrip through(Codec codec, const Tone& tone) {
  const SampleRate rate = describe(codec).rate;
  RoundTrip trip{render(tone, rate, 400ms), {}};
  const auto encoder = make_encoder(codec);
  const auto decoder = make_decoder(codec);
  const std::size_t frame = samples_per_frame(rate);
  for (std::size_t at = 0; at + frame <= trip.original.size(); at += frame) {
    std::array<std::byte, 480> payload;
    const std::size_t bytes =
        encoder->encode(ConstSamples(trip.original).subspan(at, frame), payload);
    EXPECT_EQ(bytes, 160u);
    std::array<Sample, Frame::max_samples> pcm;
    const std::size_t samples = decoder->decode(std::span(payload).first(bytes), pcm);
    EXPECT_EQ(samples, frame);
    trip.decoded.insert(trip.decoded.end(), pcm.begin(), pcm.begin() + static_cast<long>(samples));
  }
  return trip;
}

TEST(Codec, G711KeepsASineAtThirtySevenDecibels) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    const RoundTrip trip = through(codec, sine(1020, -13));
    EXPECT_GT(snr_db(trip.original, trip.decoded), 36.0) << describe(codec).name;
  }
}

TEST(Codec, G722KeepsASineAfterTheDelayOfItsFilters) {
  const RoundTrip trip = through(Codec::g722, sine(1020, -13));
  double best = 0;
  for (std::size_t delay = 0; delay < 40; ++delay)
    best = std::max(best, snr_db(trip.original, trip.decoded, delay));
  EXPECT_GT(best, 20.0);
}

TEST(Codec, G711CodesMeanWhatTheStandardSays) {
  // G.711 tables 1a and 2a: the outermost and innermost decoder values, scaled to 16 bits.
  EXPECT_EQ(from_mulaw(std::byte{0x00}), -32124);
  EXPECT_EQ(from_mulaw(std::byte{0x80}), 32124);
  EXPECT_EQ(from_mulaw(std::byte{0xFF}), 0);
  EXPECT_EQ(from_alaw(std::byte{0xAA}), 32256);
  EXPECT_EQ(from_alaw(std::byte{0x2A}), -32256);
  EXPECT_EQ(from_alaw(std::byte{0xD5}), 8);
  EXPECT_EQ(to_mulaw(0), std::byte{0xFF});
  EXPECT_EQ(to_alaw(0), std::byte{0xD5});
}

TEST(Codec, G711CodesSurviveDecodingAndEncodingAgain) {
  for (int code = 0; code < 256; ++code) {
    const std::byte byte{static_cast<std::uint8_t>(code)};
    EXPECT_EQ(to_alaw(from_alaw(byte)), byte) << code;
    if (code != 0x7F) {  // the negative zero of µ-law comes back as the positive one
      EXPECT_EQ(to_mulaw(from_mulaw(byte)), byte) << code;
    }
  }
}

TEST(Codec, G711ErrorIsWithinHalfAStepForEverySample) {
  for (int value = -32768; value <= 32767; ++value) {
    const auto sample = static_cast<Sample>(value);
    const int allowed = std::max(16, (std::abs(value) + 132) / 32 + 4);
    const int mulaw_error = std::abs(from_mulaw(to_mulaw(sample)) - value);
    const int alaw_error = std::abs(from_alaw(to_alaw(sample)) - value);
    ASSERT_LE(mulaw_error, allowed) << value;
    ASSERT_LE(alaw_error, allowed) << value;
  }
}

TEST(Codec, DecodersTakeAnyLengthWithoutOverrunningTheirOutput) {
  const std::vector<std::byte> flood(1500, std::byte{0x5A});
  for (const Codec codec : {Codec::pcmu, Codec::pcma, Codec::g722}) {
    std::array<Sample, 320> pcm;
    const auto decoder = make_decoder(codec);
    EXPECT_EQ(decoder->decode(flood, pcm), 320u);
    EXPECT_EQ(decoder->decode({}, pcm), 0u);
  }
}

TEST(Codec, AreFoundByNameInAnyCaseAndByStaticType) {
  EXPECT_EQ(find_codec("pcmu", 8000), Codec::pcmu);
  EXPECT_EQ(find_codec("G722", 8000), Codec::g722);
  EXPECT_EQ(find_codec("G722", 16000), std::nullopt);  // RFC 3551 4.5.2
  EXPECT_EQ(find_codec(std::uint8_t{8}), Codec::pcma);
  EXPECT_EQ(find_codec(std::uint8_t{111}), std::nullopt);
}

}  // namespace
}  // namespace belfry::media
