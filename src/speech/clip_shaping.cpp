#include "speech/clip_shaping.hpp"

#include "media/resampler.hpp"

namespace belfry::speech {
namespace {

using namespace std::chrono_literals;

bool is_audible(media::Sample sample) {
  return sample > 200 || sample < -200;  // -44 dBFS
}

}  // namespace

void trim_silence(media::PcmClip& clip) {
  auto& samples = clip.samples;
  const auto first = std::find_if(samples.begin(), samples.end(), is_audible);
  if (first == samples.end()) return samples.clear();
  const auto last = std::find_if(samples.rbegin(), samples.rend(), is_audible).base();
  const auto lead = static_cast<std::ptrdiff_t>(media::samples_in(40ms, clip.rate));
  const auto tail = static_cast<std::ptrdiff_t>(media::samples_in(150ms, clip.rate));
  samples.erase(last + std::min(tail, samples.end() - last), samples.end());
  samples.erase(samples.begin(), first - std::min(lead, first - samples.begin()));
}

media::PcmClip join(std::vector<media::PcmClip> clips) {
  if (clips.empty()) return {.rate = media::wideband, .samples = {}};
  media::SampleRate rate = clips.front().rate;
  for (const media::PcmClip& clip : clips)
    if (clip.rate != rate || clip.rate > media::wideband) rate = media::wideband;
  media::PcmClip joined{.rate = rate, .samples = {}};
  for (const media::PcmClip& clip : clips) {
    if (clip.rate == rate) {
      joined.samples.insert(joined.samples.end(), clip.samples.begin(), clip.samples.end());
      continue;
    }
    const media::PcmClip converted = media::resample(clip, rate);
    joined.samples.insert(joined.samples.end(), converted.samples.begin(), converted.samples.end());
  }
  return joined;
}

}  // namespace belfry::speech
