#include "media/level.hpp"

#include <algorithm>
#include <cmath>

namespace belfry::media {

double level_dbov(ConstSamples samples) {
  if (samples.empty()) return silence_dbov;
  std::int64_t energy = 0;
  for (const Sample sample : samples) energy += std::int64_t{sample} * sample;
  if (energy == 0) return silence_dbov;
  const double mean = static_cast<double>(energy) / static_cast<double>(samples.size());
  return std::max(silence_dbov, 10.0 * std::log10(mean / (32768.0 * 32768.0)));
}

float power_of(ConstSamples samples) {
  if (samples.empty()) return 0;
  // Several sums side by side, so that the compiler may use its vectors.
  constexpr std::size_t lanes = 8;
  std::array<float, lanes> sums{};
  for (std::size_t i = 0; i + lanes <= samples.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const auto value = static_cast<float>(samples[i + lane]);
      sums[lane] += value * value;
    }
  }
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum / (32768.0F * 32768.0F) / static_cast<float>(samples.size());
}

bool VoiceActivity::handle_frame(ConstSamples samples) {
  return handle_level(level_dbov(samples), duration_of(samples.size(), rate_));
}

bool VoiceActivity::handle_power(float power) {
  const double level = power > 0 ? 10.0 * std::log10(static_cast<double>(power)) : silence_dbov;
  return handle_level(std::max(silence_dbov, level), frame_duration);
}

bool VoiceActivity::handle_level(double level, base::Duration length) {
  const double threshold = std::max(settings_.threshold_dbov, floor_dbov_ + settings_.margin_db);
  learn_floor(level);
  if (level > threshold) {
    speech_ += length;
    quiet_ = base::Duration{0};
    speaking_ = heard_speech_ = true;
    return true;
  }
  quiet_ += length;
  if (quiet_ >= settings_.hangover) speaking_ = false;
  return speaking_;
}

void VoiceActivity::learn_floor(double level) {
  // Down at once, up by 1.5 dB a second: a steady hum becomes background, a sentence does not.
  // The ceiling keeps a caller who never pauses from being taken for noise.
  constexpr double rise_db_per_frame = 0.03;
  constexpr double lowest = -75.0;
  constexpr double highest = -35.0;
  floor_dbov_ = level < floor_dbov_ ? level : std::min(level, floor_dbov_ + rise_db_per_frame);
  floor_dbov_ = std::clamp(floor_dbov_, lowest, highest);
}

}  // namespace belfry::media
