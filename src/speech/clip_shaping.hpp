#pragma once
#include <vector>

#include "media/frame.hpp"

namespace belfry::speech {

/// Cuts silence off both ends but for 40 ms in front and 150 ms behind, which keep words and
/// sentences apart. A clip of silence only becomes empty.
void trim_silence(media::PcmClip& clip);

/// One after the other: at their own rate when it is the same for all and at most 16 kHz, else at
/// 16 kHz.
media::PcmClip join(std::vector<media::PcmClip> clips);

}  // namespace belfry::speech
