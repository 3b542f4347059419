#pragma once
#include "call/recording_vault.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

enum class MediaFormat { wav, mp3 };

/// A recording's sound, also of one that runs (as far as it is written): `RequestedChannels` 1
/// mixes a dual one down, 2 is 16113 for a mono one; `Download=true` makes it an attachment; one
/// `Range` is served. WAV is 16-bit PCM at 8 kHz. MP3 is made on the worker pool.
base::Task<http::Response> answer_media(Context& context, Ask ask, MediaFormat format);

/// `Range: bytes=…` of something so long. Nothing: no range, or one that is not understood, which
/// HTTP ignores (RFC 9110 14.2). `length` 0: none of it is there (416).
struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t length = 0;
};
std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size);

}  // namespace belfry::compat::twilio
