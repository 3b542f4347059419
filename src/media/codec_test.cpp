#include <gtest/gtest.h>

#include "media/codec.hpp"

#include "media/g711.hpp"
#include "media/level.hpp"
#include "media/testing.hpp"
#include "media/tone_meter.hpp"

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

/// Feeds a tone in, frame by frame; `lost` frames never arrive.
struct OpusTrip {
  std::unique_ptr<Encoder> encoder = make_encoder(Codec::opus);
  std::unique_ptr<Decoder> decoder = make_decoder(Codec::opus);
  std::vector<std::vector<std::byte>> packets;

  explicit OpusTrip(base::Duration length, double loss = 0) {
    encoder->expect_loss(loss);
    const auto sound = render(sine(440), fullband, length);
    for (std::size_t at = 0; at + 960 <= sound.size(); at += 960) {
      std::array<std::byte, max_payload> payload;
      const std::size_t bytes = encoder->encode(ConstSamples(sound).subspan(at, 960), payload);
      packets.emplace_back(payload.begin(), payload.begin() + static_cast<long>(bytes));
    }
  }
};

TEST(Codec, OpusKeepsATone) {
  OpusTrip trip(400ms);
  std::vector<Sample> heard;
  for (const auto& packet : trip.packets) {
    EXPECT_LT(packet.size(), 200u);
    std::array<Sample, 960> frame;
    ASSERT_EQ(trip.decoder->decode(packet, frame), 960u);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  const ConstSamples end = ConstSamples(heard).last(9600);
  EXPECT_GT(tone_share(end, fullband, 440), 0.98);
  EXPECT_NEAR(level_dbov(end), level_dbov(render(sine(440), fullband, 200ms)), 1.0);
}

TEST(Codec, OpusTakesNarrowbandForDecodersOfAnyRate) {
  const auto encoder = make_encoder(Codec::opus);
  const auto decoder = make_decoder(Codec::opus);
  encoder->expect_loss(0.1);
  ASSERT_TRUE(encoder->change_rate(narrowband));
  const auto sound = render(sine(440), narrowband, 1s);
  std::vector<Sample> heard;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at + 160 <= sound.size(); at += 160) {
    std::array<std::byte, max_payload> payload;
    const std::size_t size = encoder->encode(ConstSamples(sound).subspan(at, 160), payload);
    bytes += size;
    std::array<Sample, 960> frame;
    ASSERT_EQ(decoder->decode(std::span(payload).first(size), frame), 960u);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  EXPECT_LT(bytes, 20'000 / 8 * 1.2) << "20 kbit/s";
  const ConstSamples end = ConstSamples(heard).last(9600);
  EXPECT_GT(tone_share(end, fullband, 440), 0.98);
  EXPECT_NEAR(level_dbov(end), level_dbov(render(sine(440), fullband, 200ms)), 1.0);
}

TEST(Codec, OpusGivesNarrowbandOfWhatIsMore) {
  OpusTrip trip(400ms);
  ASSERT_TRUE(trip.decoder->change_rate(narrowband));
  std::vector<Sample> heard;
  for (const auto& packet : trip.packets) {
    std::array<Sample, 160> frame;
    ASSERT_EQ(trip.decoder->decode(packet, frame), 160u);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  EXPECT_GT(tone_share(ConstSamples(heard).last(1600), narrowband, 440), 0.98);
  ASSERT_TRUE(trip.decoder->change_rate(fullband));
  std::array<Sample, 960> frame;
  for (const auto& packet : trip.packets) ASSERT_EQ(trip.decoder->decode(packet, frame), 960u);
  EXPECT_GT(tone_share(frame, fullband, 440), 0.98);
}

TEST(Codec, OthersHaveOneRate) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma, Codec::g722}) {
    EXPECT_FALSE(make_encoder(codec)->change_rate(wideband)) << describe(codec).name;
    EXPECT_FALSE(make_decoder(codec)->change_rate(wideband)) << describe(codec).name;
  }
}

TEST(Codec, OpusKeepsToABitrateThatTheOtherSideAsksFor) {
  const auto bytes_of_a_second = [](std::optional<std::uint32_t> limit) {
    const auto encoder = make_encoder(Codec::opus);
    if (limit) encoder->limit_bitrate(*limit);
    std::size_t bytes = 0;
    std::array<std::byte, max_payload> payload;
    std::vector<Sample> frame(960);
    for (int tick = 0; tick < 50; ++tick) {
      for (std::size_t i = 0; i < frame.size(); ++i)
        frame[i] = static_cast<Sample>((i * 7919 + static_cast<std::size_t>(tick) * 104729) % 8000);
      bytes += encoder->encode(frame, payload);
    }
    return bytes;
  };
  const std::size_t usual = bytes_of_a_second(std::nullopt);
  EXPECT_LT(bytes_of_a_second(12'000), usual / 2);
  EXPECT_LE(bytes_of_a_second(400'000), usual * 11 / 10) << "a high limit is no wish";
}

TEST(Codec, OpusConcealsALossAndIsBetterWithThePacketAfterIt) {
  OpusTrip trip(400ms, 0.2);
  for (const bool with_next : {false, true}) {
    const auto decoder = make_decoder(Codec::opus);
    std::array<Sample, 960> frame;
    for (std::size_t i = 0; i < 15; ++i) decoder->decode(trip.packets[i], frame);
    const std::span<const std::byte> next =
        with_next ? std::span<const std::byte>(trip.packets[16]) : std::span<const std::byte>();
    ASSERT_EQ(decoder->conceal(next, frame), 960u);
    EXPECT_GT(tone_level_dbov(frame, fullband, 440), with_next ? -20.0 : -30.0);
  }
}

TEST(Codec, OpusPacketsOfSixtyMillisecondsComeInThreeFrames) {
  OpusTrip trip(400ms);
  // RFC 6716 3.2.5: code 3 packs several frames; ours are variable (v) and not padded.
  const auto& one = trip.packets[10];
  std::vector<std::byte> long_packet{one[0] | std::byte{3}, std::byte{0x80 | 3}};
  for (int i = 0; i < 2; ++i) long_packet.push_back(static_cast<std::byte>(one.size() - 1));
  for (int i = 0; i < 3; ++i) long_packet.insert(long_packet.end(), one.begin() + 1, one.end());
  ASSERT_LT(one.size(), 252u);
  std::array<Sample, 960> frame;
  EXPECT_EQ(trip.decoder->decode(long_packet, frame), 960u);
  EXPECT_EQ(trip.decoder->take_rest(frame), 960u);
  EXPECT_EQ(trip.decoder->take_rest(frame), 960u);
  EXPECT_EQ(trip.decoder->take_rest(frame), 0u);
}

TEST(Codec, AnEncoderContinuesAnotherWithoutASeam) {
  for (const Codec codec : {Codec::g722, Codec::opus}) {
    const SampleRate rate = describe(codec).rate;
    const auto sound = render(sine(440), rate, 1s);
    const std::size_t size = samples_per_frame(rate);
    const auto first = make_encoder(codec), second = make_encoder(codec);
    const auto decoder = make_decoder(codec);
    std::vector<Sample> heard;
    for (std::size_t at = 0; at + size <= sound.size(); at += size) {
      if (at == 25 * size) second->continue_from(*first);
      std::array<std::byte, max_payload> payload;
      const auto& encoder = at < 25 * size ? first : second;
      const std::size_t bytes = encoder->encode(ConstSamples(sound).subspan(at, size), payload);
      std::vector<Sample> frame(size);
      decoder->decode(std::span(payload).first(bytes), frame);
      heard.insert(heard.end(), frame.begin(), frame.end());
    }
    const auto around = ConstSamples(heard).subspan(24 * size, 3 * size);
    const auto before = ConstSamples(heard).subspan(15 * size, 3 * size);
    EXPECT_LE(testing::largest_step(around), testing::largest_step(before) * 5 / 4);
    EXPECT_GT(tone_share(around, rate, 440), 0.98) << describe(codec).name;
  }
}

TEST(Codec, PowerIsEstimatedWithoutDecodingWhereTheCodeTells) {
  const auto sound = render(sine(700, -20), narrowband, 20ms);
  std::array<std::byte, max_payload> payload;
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    const std::size_t bytes = make_encoder(codec)->encode(sound, payload);
    const auto power = estimate_power(codec, std::span(payload).first(bytes));
    ASSERT_TRUE(power);
    EXPECT_NEAR(10 * std::log10(*power), level_dbov(sound), 1.0);
  }
}

TEST(Codec, OpusSaysItselfWhetherSomebodySpeaks) {
  const auto encoder = make_encoder(Codec::opus);
  std::array<std::byte, max_payload> payload;
  std::array<Sample, 960> frame;
  NoiseGenerator noise(-65);
  int quiet = 0, speech = 0;
  for (int i = 0; i < 50; ++i) {
    noise.fill(frame);
    const std::size_t bytes = encoder->encode(frame, payload);
    if (i >= 25) quiet += claims_no_speech(Codec::opus, std::span(payload).first(bytes)) ? 1 : 0;
  }
  ToneGenerator voice({{180, 950}, -12, 90ms, 60ms}, fullband);
  for (int i = 0; i < 50; ++i) {
    voice.fill(frame);
    const std::size_t bytes = encoder->encode(frame, payload);
    speech += claims_no_speech(Codec::opus, std::span(payload).first(bytes)) ? 0 : 1;
  }
  EXPECT_GT(quiet, 20);
  EXPECT_GT(speech, 25);
}

TEST(Codec, AnEncodedSilenceIsSilentAfterAnything) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma, Codec::opus}) {
    const SampleRate rate = describe(codec).rate;
    const auto sound = render(sine(440), rate, 100ms);
    const std::size_t size = samples_per_frame(rate);
    const auto encoder = make_encoder(codec);
    const auto decoder = make_decoder(codec);
    std::vector<Sample> frame(size);
    std::array<std::byte, max_payload> payload;
    for (std::size_t at = 0; at + size <= sound.size(); at += size) {
      const std::size_t bytes = encoder->encode(ConstSamples(sound).subspan(at, size), payload);
      decoder->decode(std::span(payload).first(bytes), frame);
    }
    for (int i = 0; i < 10; ++i) decoder->decode(encoded_silence(codec), frame);
    EXPECT_LT(level_dbov(frame), -60) << describe(codec).name;
  }
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

TEST(Codec, OpusTakesAnyBytes) {  // rule M4
  std::uint32_t state = 1;
  const auto decoder = make_decoder(Codec::opus);
  std::array<Sample, 960> pcm;
  for (int i = 0; i < 2000; ++i) {
    std::array<std::byte, 1275> packet;
    for (std::byte& byte : packet) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::byte>(state >> 24);
    }
    const std::size_t size = state % packet.size();
    EXPECT_LE(decoder->decode(std::span(packet).first(size), pcm), 960u);
    EXPECT_LE(decoder->take_rest(pcm), 960u);
    EXPECT_LE(decoder->conceal(std::span(packet).first(size / 2), pcm), 960u);
    claims_no_speech(Codec::opus, std::span(packet).first(size));
  }
}

TEST(Codec, AreFoundByNameInAnyCaseAndByStaticType) {
  EXPECT_EQ(find_codec("pcmu", 8000), Codec::pcmu);
  EXPECT_EQ(find_codec("G722", 8000), Codec::g722);
  EXPECT_EQ(find_codec("G722", 16000), std::nullopt);  // RFC 3551 4.5.2
  EXPECT_EQ(find_codec("OPUS", 48000), Codec::opus);
  EXPECT_EQ(find_codec(std::uint8_t{8}), Codec::pcma);
  EXPECT_EQ(find_codec(std::uint8_t{111}), std::nullopt);
}

}  // namespace
}  // namespace belfry::media
