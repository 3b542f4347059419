#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "media/frame.hpp"

namespace belfry::media {

/// The 44 bytes in front of 16-bit PCM (RIFF, "fmt ", "data"), little-endian.
inline constexpr std::size_t wav_header_size = 44;
/// Sizes in the header have 32 bits; what does not fit is clamped, players then read to the end.
std::array<std::byte, wav_header_size> wav_header(
    SampleRate rate, std::uint64_t audio_bytes, std::size_t channels = 1
);

}  // namespace belfry::media
