#pragma once
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/random.hpp"
#include "media/frame.hpp"

/// For tests: something that is spoken, and how much of it is left after a journey.
namespace belfry::media::testing {

/// Passes one formant of a voice.
class Resonator {
 public:
  Resonator(double hz, double bandwidth_hz, SampleRate rate) {
    const double radius = std::exp(-std::numbers::pi * bandwidth_hz / rate.hz);
    back_ = -radius * radius;
    ahead_ = 2 * radius * std::cos(2 * std::numbers::pi * hz / rate.hz);
    gain_ = 1 - ahead_ - back_;
  }
  double next(double input) {
    const double output = gain_ * input + ahead_ * last_ + back_ * before_last_;
    before_last_ = std::exchange(last_, output);
    return output;
  }

 private:
  double gain_, ahead_, back_;
  double last_ = 0, before_last_ = 0;
};

/// Syllables of consonants and vowels with falling pitch, a pause after every few: what speech is
/// to a codec and to its concealment, in no language. The same for the same seed.
class Babble {
 public:
  Babble(SampleRate rate, std::uint64_t seed) : rate_(rate), random_(seed) {}

  std::vector<Sample> say(base::Duration length) {
    using namespace std::chrono_literals;
    const std::size_t wanted = samples_in(length, rate_);
    for (int syllable = 1; spoken_.size() < wanted; ++syllable) {
      if (random_.unit() < 0.6) hiss(50ms);
      vowel(120ms + base::Duration(static_cast<std::int64_t>(random_.unit() * 1e8)));
      pause(syllable % 5 == 0 ? 300ms : 40ms);
    }
    spoken_.resize(wanted);
    return std::move(spoken_);
  }

 private:
  void add(double value) { spoken_.push_back(static_cast<Sample>(std::lround(value * 32767))); }
  double noise() { return random_.unit() - 0.5; }

  void hiss(base::Duration length) {
    Resonator mouth(3200, 1500, rate_);
    for (std::size_t i = samples_in(length, rate_); i > 0; --i) add(0.25 * mouth.next(noise()));
  }
  void vowel(base::Duration length) {
    constexpr std::array<std::array<double, 3>, 5> vowels{
        {{730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}
        }
    };
    const auto& formants = vowels[random_.below(vowels.size())];
    std::array<Resonator, 3> mouth{
        Resonator(formants[0], 80, rate_), Resonator(formants[1], 110, rate_),
        Resonator(formants[2], 160, rate_)
    };
    double pitch_hz = 110 + 60 * random_.unit();
    const double fall = std::pow(0.85, 1.0 / static_cast<double>(samples_in(length, rate_)));
    const std::size_t count = samples_in(length, rate_);
    double phase = 1;
    std::vector<double> sound;
    double peak = 1e-9;
    for (std::size_t i = 0; i < count; ++i, pitch_hz *= fall) {
      phase += pitch_hz / rate_.hz;
      double value = 0.01 * noise();
      if (phase >= 1) {
        phase -= 1;
        value += 1;
      }
      for (Resonator& formant : mouth) value = formant.next(value);
      sound.push_back(value);
      peak = std::max(peak, std::abs(value));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const double along = static_cast<double>(i) / static_cast<double>(count);
      add(0.4 * sound[i] / peak * std::min({1.0, along * 8, (1 - along) * 4}));
    }
  }
  /// A quiet room.
  void pause(base::Duration length) {
    for (std::size_t i = samples_in(length, rate_); i > 0; --i) add(0.001 * noise());
  }

  SampleRate rate_;
  base::SeededRandom random_;
  std::vector<Sample> spoken_;
};

/// How loud a frame is in bands of 200 Hz, as an ear would tell: in dB, not below what a room's
/// noise covers.
inline std::array<double, 16> bands_of(ConstSamples frame, SampleRate rate) {
  constexpr std::size_t lines = 4;
  constexpr double floor = 1e-7;  // -70 dBov
  std::array<double, 16> bands{};
  const std::size_t stride = rate.hz / 8000;
  const std::size_t count = frame.size() / stride;
  std::vector<double> narrow(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < stride; ++k) narrow[i] += frame[i * stride + k];
    narrow[i] *=
        1 - std::cos(
                2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(count)
            );
    narrow[i] /= 32768.0 * static_cast<double>(stride);
  }
  for (std::size_t line = 0; line < bands.size() * lines; ++line) {
    const double turn = 2 * std::numbers::pi * (100 + 50 * static_cast<double>(line)) / 8000;
    const double factor = 2 * std::cos(turn);
    double last = 0, before = 0;
    for (const double sample : narrow)
      before = std::exchange(last, sample + factor * last - before);
    const double power = last * last + before * before - factor * last * before;
    bands[line / lines] += 2 * power / static_cast<double>(count * count);
  }
  for (double& band : bands) band = 10 * std::log10(band + floor);
  return bands;
}

/// How much of what was said is there, over the frames in which something was.
struct Likeness {
  double distance_db = 0;  // mean of the frames' distances between the two spectra
  double kept = 0;         // the share of frames in which that is less than 6 dB
};

/// @param copy may be late by whole frames, and repeat or leave out some: where a frame of the
/// original is found again, those after it are looked for at the same distance.
inline Likeness likeness(ConstSamples original, ConstSamples copy, SampleRate rate) {
  constexpr std::int64_t reach = 30;
  constexpr double active = 1e-4;  // -40 dBov
  const std::size_t size = samples_per_frame(rate);
  const auto frames = static_cast<std::int64_t>(copy.size() / size);
  const auto frame_of_copy = [&](std::int64_t frame) {
    return copy.subspan(
        static_cast<std::size_t>(std::clamp(frame, std::int64_t{0}, frames - 1)) * size, size
    );
  };
  const auto is_same = [](ConstSamples one, ConstSamples other) {
    double noise = 0, signal = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
      const double difference = one[i] - other[i];
      noise += difference * difference;
      signal += static_cast<double>(one[i]) * one[i];
    }
    return noise < signal / 100;
  };
  std::int64_t shift = 0;
  double sum = 0;
  int kept = 0, count = 0;
  for (std::size_t i = 0; (i + 1) * size <= original.size(); ++i) {
    const ConstSamples wanted = original.subspan(i * size, size);
    double signal = 0;
    for (const Sample sample : wanted) signal += static_cast<double>(sample) * sample;
    if (signal < active * 32768 * 32768 * static_cast<double>(size)) continue;
    const auto here = static_cast<std::int64_t>(i);
    for (std::int64_t step = 0; step <= 2 * reach && !is_same(wanted, frame_of_copy(here + shift));
         ++step) {
      const std::int64_t off = (step % 2 == 0 ? 1 : -1) * (step / 2 + 1);
      if (is_same(wanted, frame_of_copy(here + shift + off))) shift += off;
    }
    const auto there = bands_of(frame_of_copy(here + shift), rate);
    const auto said = bands_of(wanted, rate);
    double squares = 0;
    for (std::size_t band = 0; band < said.size(); ++band)
      squares += (said[band] - there[band]) * (said[band] - there[band]);
    const double distance = std::sqrt(squares / static_cast<double>(said.size()));
    sum += distance;
    kept += distance < 6 ? 1 : 0;
    ++count;
  }
  if (count == 0) return {};
  return {sum / count, static_cast<double>(kept) / count};
}

}  // namespace belfry::media::testing
