#include "gateway/media/piecewise_sound.hpp"

namespace belfry::gateway::media {

belfry::media::PcmClipPtr PiecewiseSound::at_rate(
    const belfry::media::PcmClipPtr& piece, belfry::media::SampleRate rate, std::uint64_t sound
) {
  if (!piece || piece->rate == rate) return piece;
  if (!resampler_ || sound != sound_ || piece->rate != from_ || rate != to_) {
    resampler_.emplace(piece->rate, rate);
    sound_ = sound;
    from_ = piece->rate;
    to_ = rate;
  }
  belfry::media::PcmClip clip{rate, {}};
  clip.samples.resize(resampler_->room_for(piece->samples.size()));
  clip.samples.resize(resampler_->process(piece->samples, clip.samples));
  return std::make_shared<const belfry::media::PcmClip>(std::move(clip));
}

}  // namespace belfry::gateway::media
