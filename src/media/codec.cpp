#include "media/codec.hpp"

#include <inttypes.h>

#include <algorithm>
#include <array>
#include <cmath>

// After the two above: spandsp's header needs them and does not include them itself.
#include <spandsp.h>
#include <spandsp/expose.h>  // the encoder's state, to copy it

#include "base/handle.hpp"
#include "base/text.hpp"
#include "media/g711.hpp"
#include "media/opus_codec.hpp"

namespace belfry::media {
namespace {

constexpr std::array<CodecDescription, codec_count> codecs{{
    {Codec::pcmu, "PCMU", 0, 8000, narrowband, true},
    {Codec::pcma, "PCMA", 8, 8000, narrowband, true},
    {Codec::g722, "G722", 9, 8000, wideband, true},
    {Codec::opus, "opus", 111, 48000, fullband, false},
}};
constexpr std::uint8_t first_dynamic_type = 96;
constexpr int g722_bitrate = 64000;

template <std::byte (*Compress)(Sample)>
class G711Encoder final : public Encoder {
 public:
  std::size_t encode(ConstSamples pcm, std::span<std::byte> into) override {
    const std::size_t count = std::min(pcm.size(), into.size());
    std::transform(
        pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(count), into.begin(), Compress
    );
    return count;
  }
  void continue_from(const Encoder&) override {}  // nothing is remembered
};

template <Sample (*Expand)(std::byte)>
class G711Decoder final : public Decoder {
 public:
  std::size_t decode(std::span<const std::byte> payload, Samples into) override {
    const std::size_t count = std::min(payload.size(), into.size());
    std::transform(
        payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(count), into.begin(), Expand
    );
    return count;
  }
};

/// Squares of what codes mean, against full scale.
struct Powers {
  std::array<float, 256> mulaw, alaw;

  Powers() {
    for (unsigned code = 0; code < 256; ++code) {
      const std::byte byte{static_cast<std::uint8_t>(code)};
      mulaw[code] = square(from_mulaw(byte));
      alaw[code] = square(from_alaw(byte));
    }
  }
  static float square(Sample sample) {
    const float part = static_cast<float>(sample) / 32768.0F;
    return part * part;
  }
};

float mean_power(const std::array<float, 256>& powers, std::span<const std::byte> payload) {
  constexpr std::size_t step = 4;  // speech is below 1 kHz for the most part
  float sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < payload.size(); i += step, ++count)
    sum += powers[std::to_integer<std::size_t>(payload[i])];
  return count > 0 ? sum / static_cast<float>(count) : 0.0F;
}

struct SilentPackets {
  static constexpr std::size_t bytes = 160;
  std::array<std::byte, bytes> mulaw, alaw;
  std::array<std::byte, 3> opus{std::byte{0xF8}, std::byte{0xFF}, std::byte{0xFE}};

  SilentPackets() {
    mulaw.fill(to_mulaw(0));
    alaw.fill(to_alaw(0));
  }
};

class G722Encoder final : public Encoder {
 public:
  std::size_t encode(ConstSamples pcm, std::span<std::byte> into) override {
    const std::size_t count = std::min(pcm.size() & ~std::size_t{1}, into.size() * 2);
    return static_cast<std::size_t>(g722_encode(
        state_.get(), reinterpret_cast<std::uint8_t*>(into.data()), pcm.data(),
        static_cast<int>(count)
    ));
  }
  void continue_from(const Encoder& other) override {
    *state_ = *static_cast<const G722Encoder&>(other).state_;
  }

 private:
  base::Handle<g722_encode_state_t, g722_encode_free> state_{
      g722_encode_init(nullptr, g722_bitrate, 0)
  };
};

class G722Decoder final : public Decoder {
 public:
  std::size_t decode(std::span<const std::byte> payload, Samples into) override {
    const std::size_t count = std::min(payload.size(), into.size() / 2);
    return static_cast<std::size_t>(g722_decode(
        state_.get(), into.data(), reinterpret_cast<const std::uint8_t*>(payload.data()),
        static_cast<int>(count)
    ));
  }

 private:
  base::Handle<g722_decode_state_t, g722_decode_free> state_{
      g722_decode_init(nullptr, g722_bitrate, 0)
  };
};

}  // namespace

const CodecDescription& describe(Codec codec) {
  return codecs[static_cast<std::size_t>(codec)];
}

std::optional<Codec> find_codec(std::string_view name, std::uint32_t clock_hz) {
  for (const CodecDescription& candidate : codecs) {
    if (candidate.clock_hz == clock_hz && base::equals_ignoring_case(candidate.name, name))
      return candidate.codec;
  }
  return std::nullopt;
}

std::optional<Codec> find_codec(std::uint8_t static_payload_type) {
  for (const CodecDescription& candidate : codecs) {
    if (candidate.payload_type == static_payload_type && static_payload_type < first_dynamic_type)
      return candidate.codec;
  }
  return std::nullopt;
}

std::unique_ptr<Encoder> make_encoder(Codec codec) {
  switch (codec) {
    case Codec::pcmu:
      return std::make_unique<G711Encoder<to_mulaw>>();
    case Codec::pcma:
      return std::make_unique<G711Encoder<to_alaw>>();
    case Codec::g722:
      return std::make_unique<G722Encoder>();
    case Codec::opus:
      return make_opus_encoder();
  }
  return nullptr;
}

std::unique_ptr<Decoder> make_decoder(Codec codec) {
  switch (codec) {
    case Codec::pcmu:
      return std::make_unique<G711Decoder<from_mulaw>>();
    case Codec::pcma:
      return std::make_unique<G711Decoder<from_alaw>>();
    case Codec::g722:
      return std::make_unique<G722Decoder>();
    case Codec::opus:
      return make_opus_decoder();
  }
  return nullptr;
}

std::optional<float> estimate_power(Codec codec, std::span<const std::byte> payload) {
  static const Powers powers;
  switch (codec) {
    case Codec::pcmu:
      return mean_power(powers.mulaw, payload);
    case Codec::pcma:
      return mean_power(powers.alaw, payload);
    case Codec::g722:
      return std::nullopt;
    case Codec::opus:
      return is_tiny_opus(payload) ? std::optional(0.0F) : std::nullopt;
  }
  return std::nullopt;
}

bool claims_no_speech(Codec codec, std::span<const std::byte> payload) {
  return codec == Codec::opus && claims_no_speech_in_opus(payload);
}

std::span<const std::byte> encoded_silence(Codec codec) {
  static const SilentPackets packets;
  switch (codec) {
    case Codec::pcmu:
      return packets.mulaw;
    case Codec::pcma:
      return packets.alaw;
    case Codec::g722:
      return {};
    case Codec::opus:
      return packets.opus;
  }
  return {};
}

}  // namespace belfry::media
