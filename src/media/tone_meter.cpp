#include "media/tone_meter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "media/level.hpp"

namespace belfry::media {

ToneMeter::ToneMeter(SampleRate rate, double frequency_hz)
    : coefficient_(2.0 * std::cos(2.0 * std::numbers::pi * frequency_hz / rate.hz)) {}

void ToneMeter::handle_samples(ConstSamples samples) {
  for (const Sample sample : samples) {
    const double next = sample + coefficient_ * last_ - before_last_;
    before_last_ = last_;
    last_ = next;
    energy_ += static_cast<double>(sample) * sample;
  }
  count_ += samples.size();
}

/// Mean square of the component: |X|² is (A·N/2)², the mean square of a sine A²/2.
double ToneMeter::power() const {
  if (count_ == 0) return 0;
  const double magnitude =
      last_ * last_ + before_last_ * before_last_ - coefficient_ * last_ * before_last_;
  const auto count = static_cast<double>(count_);
  return std::max(0.0, 2.0 * magnitude / (count * count));
}

double ToneMeter::level_dbov() const {
  const double mean = power() / (32768.0 * 32768.0);
  return mean <= 0 ? silence_dbov : std::max(silence_dbov, 10.0 * std::log10(mean));
}

double ToneMeter::share() const {
  if (energy_ <= 0) return 0;
  return std::min(1.0, power() * static_cast<double>(count_) / energy_);
}

double tone_level_dbov(ConstSamples samples, SampleRate rate, double frequency_hz) {
  ToneMeter meter(rate, frequency_hz);
  meter.handle_samples(samples);
  return meter.level_dbov();
}

double tone_share(ConstSamples samples, SampleRate rate, double frequency_hz) {
  ToneMeter meter(rate, frequency_hz);
  meter.handle_samples(samples);
  return meter.share();
}

}  // namespace belfry::media
