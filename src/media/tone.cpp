#include "media/tone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace belfry::media {
namespace {

constexpr base::Duration ramp_duration = std::chrono::milliseconds(5);

double rms_of(double level_dbov) {
  return 32768.0 * std::pow(10.0, level_dbov / 20.0);
}
Sample clipped(double value) {
  return static_cast<Sample>(std::lround(std::clamp(value, -32768.0, 32767.0)));
}

}  // namespace

std::optional<Tone> dtmf_tone(char digit, double level_dbov) {
  constexpr std::string_view keypad = "123A456B789C*0#D";
  constexpr std::array<double, 4> rows{697, 770, 852, 941};
  constexpr std::array<double, 4> columns{1209, 1336, 1477, 1633};
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const std::size_t key = keypad.find(digit);
  if (key == std::string_view::npos) return std::nullopt;
  return Tone{{rows[key / 4], columns[key % 4]}, level_dbov, {}, {}};
}

ToneGenerator::ToneGenerator(const Tone& tone, SampleRate rate)
    : amplitude_(rms_of(tone.level_dbov) * std::numbers::sqrt2),
      on_(samples_in(tone.on, rate)),
      period_(tone.on.count() > 0 ? samples_in(tone.on + tone.off, rate) : 0),
      ramp_(std::max<std::size_t>(1, samples_in(ramp_duration, rate))) {
  for (std::size_t i = 0; i < oscillators_.size(); ++i) {
    const double step = 2.0 * std::numbers::pi * tone.hz[i] / rate.hz;
    oscillators_[i].step_sine = std::sin(step);
    oscillators_[i].step_cosine = std::cos(step);
  }
}

double ToneGenerator::Oscillator::next() {
  const double value = sine;
  const double turned = sine * step_cosine + cosine * step_sine;
  cosine = cosine * step_cosine - sine * step_sine;
  sine = turned;
  return value;
}

/// 0 to 1: rises over the first 5 ms of a burst and falls over its last 5 ms.
double ToneGenerator::envelope() {
  const std::size_t at = position_++;
  if (period_ != 0 && position_ >= period_) position_ = 0;
  if (period_ == 0) {
    position_ = std::min(position_, ramp_);  // steady: only the start is ramped
    return at >= ramp_ ? 1.0 : static_cast<double>(at) / static_cast<double>(ramp_);
  }
  if (at >= on_) return 0.0;
  return std::min(1.0, static_cast<double>(std::min(at, on_ - at)) / static_cast<double>(ramp_));
}

void ToneGenerator::fill(Samples into) {
  for (Sample& sample : into) {
    const double sum = oscillators_[0].next() + oscillators_[1].next();
    sample = clipped(sum * amplitude_ * envelope());
  }
  // The rotation loses or gains length by rounding; a call an hour long must not drift in level.
  for (Oscillator& oscillator : oscillators_) {
    const double length = std::hypot(oscillator.sine, oscillator.cosine);
    oscillator.sine /= length;
    oscillator.cosine /= length;
  }
}

NoiseGenerator::NoiseGenerator(double level_dbov, std::uint32_t seed)
    : amplitude_(rms_of(level_dbov) * std::numbers::sqrt3), state_(seed) {}

void NoiseGenerator::fill(Samples into) {
  for (Sample& sample : into) {
    state_ = state_ * 1664525u + 1013904223u;  // Numerical Recipes' generator: its top bits do
    const double uniform = static_cast<double>(state_ >> 8) / 8388608.0 - 1.0;
    sample = clipped(uniform * amplitude_);
  }
}

}  // namespace belfry::media
