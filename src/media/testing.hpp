#pragma once
#include <cmath>
#include <cstdlib>
#include <vector>

#include "media/tone.hpp"

namespace belfry::media::testing {

/// So much of a tone, from phase 0.
inline std::vector<Sample> render(const Tone& tone, SampleRate rate, base::Duration length) {
  std::vector<Sample> samples(samples_in(length, rate));
  ToneGenerator generator(tone, rate);
  generator.fill(samples);
  return samples;
}

/// The largest difference of two neighbours: a click is a step that the signal itself never makes.
inline int largest_step(ConstSamples samples) {
  int largest = 0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    largest = std::max(largest, std::abs(samples[i] - samples[i - 1]));
  return largest;
}

/// Signal to noise in dB of `copy`, shifted back by `delay` samples, against `original`.
inline double snr_db(ConstSamples original, ConstSamples copy, std::size_t delay = 0) {
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i + delay < copy.size() && i < original.size(); ++i) {
    const double difference = original[i] - copy[i + delay];
    signal += static_cast<double>(original[i]) * original[i];
    noise += difference * difference;
  }
  return 10.0 * std::log10(signal / std::max(noise, 1e-9));
}

}  // namespace belfry::media::testing
