#include "media/mixer_source.hpp"

#include <algorithm>
#include <cassert>

namespace belfry::media {

void MixerSource::start(std::uint64_t id, std::uint64_t only_for) {
  owner = id;
  coached = only_for;
  is_gone = false;
  target = gain_ = 0;
  rings_ = false;
  last_ = {};
  for (auto& row : converters_) {
    for (auto& converter : row)
      if (converter) converter->reset();
  }
}

void MixerSource::prepare(
    const std::array<bool, rate_count>& from, const std::array<bool, rate_count>& to
) {
  for (std::size_t one = 0; one < rate_count; ++one) {
    for (std::size_t other = 0; other < rate_count; ++other) {
      if (one == other || !from[one] || !to[other] || converters_[one][other]) continue;
      converters_[one][other].emplace(
          mixer_rates[one], mixer_rates[other], Resampler::Start::delayed
      );
    }
  }
}

void MixerSource::render(
    ConstSamples samples, SampleRate rate, const std::array<bool, rate_count>& wanted,
    std::array<Sum, rate_count>& into
) {
  const std::size_t native = rate_index(rate);
  rings_ = false;
  for (std::size_t at = 0; at < rate_count; ++at) {
    if (!wanted[at]) {
      last_[at] = 0;
      continue;
    }
    if (samples.empty()) {
      run_down(at, into[at]);
    } else if (at == native) {
      render_at(samples, at, into[at]);
    } else {
      assert(converters_[native][at]);
      std::array<Sample, Frame::max_samples + 2> converted;
      const std::size_t got = converters_[native][at]->process(samples, converted);
      render_at(ConstSamples(converted).first(got), at, into[at]);
    }
    rings_ = rings_ || last_[at] != 0;
  }
  gain_ = samples.empty() ? 0 : target;  // what begins again is ramped
}

void MixerSource::render_at(ConstSamples samples, std::size_t rate, Sum& into) {
  const std::size_t count = std::min(samples.size(), samples_per_frame(mixer_rates[rate]));
  const float step = (target - gain_) / static_cast<float>(count);
  if (step == 0) {
    for (std::size_t i = 0; i < count; ++i) into[i] = static_cast<float>(samples[i]) * gain_;
  } else {
    for (std::size_t i = 0; i < count; ++i)
      into[i] = static_cast<float>(samples[i]) * (gain_ + step * static_cast<float>(i + 1));
  }
  last_[rate] = target == 0 ? 0 : into[count - 1];
}

void MixerSource::run_down(std::size_t rate, Sum& into) {
  const std::size_t count = samples_per_frame(mixer_rates[rate]);
  const float step = last_[rate] / static_cast<float>(count);
  for (std::size_t i = 0; i < count; ++i) into[i] = last_[rate] - step * static_cast<float>(i + 1);
  last_[rate] = 0;
}

}  // namespace belfry::media
