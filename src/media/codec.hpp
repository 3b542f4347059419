#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "media/frame.hpp"

namespace belfry::media {

enum class Codec : std::uint8_t { pcmu, pcma, g722 };

/// What SDP, RTP and the jitter buffer need to know of a codec (RFC 3551).
struct CodecDescription {
  Codec codec;
  std::string_view name;      // encoding name in `a=rtpmap`
  std::uint8_t payload_type;  // static assignment, RFC 3551 table 4
  std::uint32_t clock_hz;     // RTP clock: 8000 for G.722 too, a historic error (RFC 3551 4.5.2)
  SampleRate rate;            // of the PCM side
  bool linear;                // payload bytes are proportional to time: may be cut anywhere
};
const CodecDescription& describe(Codec codec);
/// By encoding name (any case) and RTP clock.
std::optional<Codec> find_codec(std::string_view name, std::uint32_t clock_hz);
std::optional<Codec> find_codec(std::uint8_t static_payload_type);

/// One direction of one stream; keeps state between frames (G.722 is adaptive). One thread, never
/// throws, does not allocate after construction.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// @param pcm at the codec's rate, an even number of samples. @param into at least `pcm.size()`
  /// bytes. @return bytes written.
  virtual std::size_t encode(ConstSamples pcm, std::span<std::byte> into) = 0;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Any bytes decode to something (rule M4). What does not fit `into` is not decoded.
  /// @return samples written, at the codec's rate.
  virtual std::size_t decode(std::span<const std::byte> payload, Samples into) = 0;
};

std::unique_ptr<Encoder> make_encoder(Codec codec);
std::unique_ptr<Decoder> make_decoder(Codec codec);

}  // namespace belfry::media
