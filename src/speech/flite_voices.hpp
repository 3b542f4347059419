#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/frame.hpp"

namespace belfry::speech {

/// The voices that are linked in (flite): English only.
enum class BuiltInVoice {
  female,  // cmu_us_slt, 16 kHz
  male,    // cmu_us_rms, 16 kHz
  plain,   // cmu_us_kal, 8 kHz: cheap and the same samples each time, for simulations
};

/// Speaks plain ASCII at the voice's own rate. Any thread, also at the same time; the first use of
/// a voice sets it up and takes longer. @param rate 0.5 to 2.
base::Result<media::PcmClip> speak_built_in(
    BuiltInVoice voice, const std::string& ascii, double rate
);

}  // namespace belfry::speech
