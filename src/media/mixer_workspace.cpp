#include "media/mixer_workspace.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace belfry::media {
namespace {

constexpr float knee = 24576;  // three quarters of full scale: below it nothing is changed
constexpr float full_scale = 32767;

/// Bends what is too loud instead of cutting it off; without memory, so that all mixes agree.
float limited(float value) {
  const float size = std::abs(value);
  if (size <= knee) return value;
  const float over = (size - knee) / (full_scale - knee);
  return std::copysign(knee + (full_scale - knee) * over / (1 + over), value);
}

float peak_of(std::span<const float> sum) {
  float peak = 0;
  for (const float value : sum) peak = std::max(peak, std::abs(value));
  return peak;
}

void add(std::span<float> sum, const Sum& more) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

void round_to(std::span<const float> sum, Samples into) {
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const float half = sum[i] < 0 ? -0.5F : 0.5F;
    into[i] = static_cast<Sample>(static_cast<std::int32_t>(sum[i] + half));
  }
}

}  // namespace

void MixerWorkspace::clear() {
  mix_count = 0;
  rendered = {};
}

Mix& MixerWorkspace::mix_of(std::uint32_t wanted) {
  for (Mix& mix : std::span(mixes).first(mix_count))
    if (mix.sources == wanted) return mix;
  // More different mixes than talkers and coaches can cause do not occur; the last place is used
  // again then.
  Mix& mix = mixes[std::min(mix_count, max_mixes - 1)];
  mix_count = std::min(mix_count + 1, max_mixes);
  mix.sources = wanted;
  mix.has_samples = {};
  mix.payload_size = {};
  return mix;
}

ConstSamples MixerWorkspace::samples_of(Mix& mix, SampleRate rate) {
  const std::size_t at = rate_index(rate);
  const Samples samples = Samples(mix.samples[at]).first(samples_per_frame(rate));
  if (mix.has_samples[at]) return samples;
  mix.has_samples[at] = true;
  std::array<float, Frame::max_samples> storage;
  const std::span<float> sum = std::span(storage).first(samples.size());
  std::ranges::fill(sum, 0.0F);
  for (std::uint32_t left = mix.sources & rendered[at]; left != 0; left &= left - 1)
    add(sum, sources[static_cast<std::size_t>(std::countr_zero(left))][at]);
  if (peak_of(sum) > knee) std::ranges::transform(sum, sum.begin(), limited);
  round_to(sum, samples);
  return samples;
}

}  // namespace belfry::media
