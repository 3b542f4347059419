#include "gateway/media/clip_rates.hpp"

#include "media/resampler.hpp"

namespace belfry::gateway::media {
namespace {

constexpr std::size_t max_entries = 512;

}  // namespace

belfry::media::PcmClipPtr ClipRates::at_rate(
    const belfry::media::PcmClipPtr& clip, belfry::media::SampleRate rate
) {
  if (!clip || clip->rate == rate) return clip;
  const Key key{clip.get(), rate.hz};
  if (const auto found = entries_.find(key); found != entries_.end()) {
    if (found->second.original.lock() == clip) return found->second.resampled;
    by_age_.erase(found->second.age);
    entries_.erase(found);
  }
  if (entries_.size() >= max_entries) {
    entries_.erase(by_age_.begin()->second);
    by_age_.erase(by_age_.begin());
  }
  auto resampled =
      std::make_shared<const belfry::media::PcmClip>(belfry::media::resample(*clip, rate));
  entries_[key] = {clip, resampled, ++last_age_};
  by_age_[last_age_] = key;
  return resampled;
}

}  // namespace belfry::gateway::media
