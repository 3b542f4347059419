#include "media/codec.hpp"

#include <inttypes.h>

#include <algorithm>
#include <array>
#include <cmath>

// After the two above: spandsp's header needs them and does not include them itself.
#include <spandsp.h>

#include "base/handle.hpp"
#include "base/text.hpp"
#include "media/g711.hpp"

namespace belfry::media {
namespace {

constexpr std::array<CodecDescription, 3> codecs{{
    {Codec::pcmu, "PCMU", 0, 8000, narrowband, true},
    {Codec::pcma, "PCMA", 8, 8000, narrowband, true},
    {Codec::g722, "G722", 9, 8000, wideband, true},
}};
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

class G722Encoder final : public Encoder {
 public:
  std::size_t encode(ConstSamples pcm, std::span<std::byte> into) override {
    const std::size_t count = std::min(pcm.size() & ~std::size_t{1}, into.size() * 2);
    return static_cast<std::size_t>(g722_encode(
        state_.get(), reinterpret_cast<std::uint8_t*>(into.data()), pcm.data(),
        static_cast<int>(count)
    ));
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
    if (candidate.payload_type == static_payload_type) return candidate.codec;
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
  }
  return nullptr;
}

}  // namespace belfry::media
