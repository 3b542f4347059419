#pragma once
#include <memory>

#include "media/codec.hpp"

/// Opus at 48 kHz, mono (RFC 6716, RFC 7587), on libopus; for codec.cpp.
namespace belfry::media {

std::unique_ptr<Encoder> make_opus_encoder();
std::unique_ptr<Decoder> make_opus_decoder();

/// Too few bytes to be sound: comfort noise, discontinued transmission.
bool is_tiny_opus(std::span<const std::byte> packet);
/// Its SILK layer says so; a packet without that layer cannot tell.
bool claims_no_speech_in_opus(std::span<const std::byte> packet);

}  // namespace belfry::media
