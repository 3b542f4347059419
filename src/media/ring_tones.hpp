#pragma once
#include <string_view>

#include "media/frame.hpp"

namespace belfry::media {

/// One period of what callers of a country hear while it rings (ITU-T E.180, Various tones used in
/// national networks), at 8 kHz: to be repeated. @param country two letters as in ISO 3166-1 in any
/// case, "uk", or "us-old" (the bell of before the tones of today); others ring as the United
/// States do.
PcmClip ring_tone(std::string_view country);

}  // namespace belfry::media
