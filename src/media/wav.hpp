#pragma once
#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// Beyond these a file is refused (rule W3: media download 20 MiB); the length bounds what a small
/// compressed file may unpack to.
inline constexpr std::size_t audio_file_limit = 20u << 20;
inline constexpr base::Duration audio_length_limit = std::chrono::minutes(15);

/// WAV, MP3, FLAC, Ogg, AIFF ... (libsndfile) into mono PCM at the file's own rate; several
/// channels are averaged. For the file pool, never for a media worker: seconds of CPU on hostile
/// input. Errors: malformed, unsupported, too_large.
[[nodiscard]] base::Result<PcmClip> read_audio(std::span<const std::byte> file);
/// Also not_found, io.
[[nodiscard]] base::Result<PcmClip> read_audio_file(const std::filesystem::path& path);

/// A 16-bit mono WAV file in memory: what tests and downloads need.
std::vector<std::byte> to_wav(const PcmClip& clip);

}  // namespace belfry::media
