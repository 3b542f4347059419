#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "media/frame.hpp"

namespace belfry::media {

enum class Codec : std::uint8_t { pcmu, pcma, g722, opus };
inline constexpr std::size_t codec_count = 4;

/// What SDP, RTP and the jitter buffer need to know of a codec (RFC 3551, RFC 7587).
struct CodecDescription {
  Codec codec;
  std::string_view name;      // encoding name in `a=rtpmap`
  std::uint8_t payload_type;  // static assignment, RFC 3551 table 4; of Opus one that is usual
  std::uint32_t clock_hz;     // RTP clock: 8000 for G.722 too, a historic error (RFC 3551 4.5.2)
  SampleRate rate;            // of the PCM side
  bool linear;                // payload bytes are proportional to time: may be cut anywhere
};
const CodecDescription& describe(Codec codec);
/// By encoding name (any case) and RTP clock.
std::optional<Codec> find_codec(std::string_view name, std::uint32_t clock_hz);
std::optional<Codec> find_codec(std::uint8_t static_payload_type);

/// Largest payload that an encoder makes of 20 ms.
inline constexpr std::size_t max_payload = 480;

/// One direction of one stream; keeps state between frames (G.722 and Opus are adaptive). One
/// thread, never throws, does not allocate after construction.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// @param pcm at the codec's rate or the one of `change_rate`, an even number of samples; Opus:
  /// exactly 20 ms.
  /// @param into at least `max_payload` bytes, or `pcm.size()` if that is more.
  /// @return bytes written.
  virtual std::size_t encode(ConstSamples pcm, std::span<std::byte> into) = 0;
  /// Goes on where `other` is: who decoded its stream can decode this one's next packet without a
  /// seam. Nothing where the codec has no memory. @param other of the same codec.
  virtual void continue_from(const Encoder& other) = 0;
  /// Its decoder has heard packets of `encoded_silence` since.
  virtual void start_anew() {}
  /// What the other side likes to receive at most: Opus keeps to it, the others have one rate.
  virtual void limit_bitrate(std::uint32_t /*bits_per_second*/) {}
  /// How many of its packets get lost, 0 to 1: Opus adds redundancy for that (RFC 6716 2.1.7).
  virtual void expect_loss(double) {}
  /// Begins anew with PCM of that rate: what came at 8 kHz costs half the work when it is not made
  /// to look like more. The stream stays the same to who decodes it.
  /// @return false where the codec has one rate only.
  virtual bool change_rate(SampleRate) { return false; }
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Any bytes decode to something (rule M4). What does not fit `into` is not decoded, or kept for
  /// `take_rest` when it is the rest of a long packet.
  /// @return samples written, at the codec's rate or the one of `change_rate`.
  virtual std::size_t decode(std::span<const std::byte> payload, Samples into) = 0;
  /// The next 20 ms of a packet that was longer. @return samples written; 0: there is no more.
  virtual std::size_t take_rest(Samples) { return 0; }
  /// What a lost packet may have been. @param next the packet after it, if that is there already:
  /// it may describe the lost one. @return samples written; 0 where the codec cannot do that.
  virtual std::size_t conceal(std::span<const std::byte>, Samples) { return 0; }
  /// Begins anew and gives PCM of that rate, for less work when it is lower than the codec's.
  /// @return false where the codec has one rate only.
  virtual bool change_rate(SampleRate) { return false; }
};

std::unique_ptr<Encoder> make_encoder(Codec codec);
std::unique_ptr<Decoder> make_decoder(Codec codec);

/// Mean square of a payload's sound against full scale, 0 to 1, without decoding it: every fourth
/// sample of G.711; nought for Opus packets too small to be sound. Nothing where only decoding
/// tells.
std::optional<float> estimate_power(Codec codec, std::span<const std::byte> payload);
/// The sender's own opinion, in Opus packets, that this is no speech. It may still be sound: steady
/// tones and some music count as background.
bool claims_no_speech(Codec codec, std::span<const std::byte> payload);

/// A packet of 20 ms of silence that fits into a stream at any place; the encoder does `start_anew`
/// after it. Empty for G.722, whose decoder never leaves off adapting.
std::span<const std::byte> encoded_silence(Codec codec);

}  // namespace belfry::media
