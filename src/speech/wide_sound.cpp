#include "speech/wide_sound.hpp"

#include <algorithm>
#include <cmath>

namespace belfry::speech {
namespace {

constexpr float mirror_gain = 0.15F;

}  // namespace

media::ConstSamples WideSound::process(media::ConstSamples narrow) {
  wide_.resize(resampler_.room_for(narrow.size()));
  wide_.resize(resampler_.process(narrow, wide_));
  for (media::Sample& sample : wide_) {
    // Each second sample with the other sign: the spectrum read backwards, from 8 kHz down.
    const float gain = std::exchange(odd_, !odd_) ? 1 - mirror_gain : 1 + mirror_gain;
    const float sum = std::clamp(static_cast<float>(sample) * gain, -32768.0F, 32767.0F);
    sample = static_cast<media::Sample>(std::lround(sum));
  }
  return wide_;
}

void WideSound::reset() {
  resampler_.reset();
  odd_ = false;
}

}  // namespace belfry::speech
