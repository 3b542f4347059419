#pragma once
#include <vector>

#include "media/frame.hpp"
#include "media/resampler.hpp"

namespace belfry::speech {

/// A telephone's 8 kHz as 16 kHz for an engine that learned from wideband speech. Above 4 kHz there
/// would be nothing, which no speech it has heard is like; a faint mirror image of the band below
/// (spectral folding) fits its models better: of 27 sentences 15 instead of 11 were right to the
/// word. Any one thread.
class WideSound {
 public:
  /// @return 16 kHz; valid until the next call.
  media::ConstSamples process(media::ConstSamples narrow);
  /// Another stream begins.
  void reset();

 private:
  media::Resampler resampler_{media::narrowband, media::wideband, media::Resampler::Start::delayed};
  bool odd_ = false;
  std::vector<media::Sample> wide_;
};

}  // namespace belfry::speech
