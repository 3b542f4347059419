#include "media/sound_bounds.hpp"

#include <algorithm>

namespace belfry::media {
namespace {

constexpr base::Duration margin = std::chrono::milliseconds(40);
/// -45 dBov as the square of a sample.
constexpr std::uint64_t quiet_square = 184 * 184;

}  // namespace

void SoundBounds::handle(ConstSamples samples) {
  const std::size_t in_stretch = samples_per_frame(rate_) * channels_;
  for (const Sample sample : samples) {
    energy_[filled_ % channels_] += static_cast<std::uint64_t>(sample * sample);
    if (++filled_ < in_stretch) continue;
    const std::uint64_t loudest = std::max(energy_[0], energy_[1]);
    if (loudest > quiet_square * samples_per_frame(rate_)) {
      if (!first_) first_ = stretch_;
      last_ = stretch_;
    }
    ++stretch_;
    filled_ = 0;
    energy_ = {};
  }
}

std::optional<SoundBounds::Range> SoundBounds::sound() const {
  if (!first_) return std::nullopt;
  const base::Duration from = frame_duration * static_cast<std::int64_t>(*first_);
  const base::Duration to = frame_duration * static_cast<std::int64_t>(*last_ + 1);
  return Range{std::max(from - margin, base::Duration{0}), to + margin};
}

}  // namespace belfry::media
