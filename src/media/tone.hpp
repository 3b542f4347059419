#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// One or two sines, steady or in a rhythm.
struct Tone {
  std::array<double, 2> hz{};    // 0: unused
  double level_dbov = -15.0;     // of each sine
  base::Duration on{0}, off{0};  // `on` 0: steady
};
/// North American call progress tones (ANSI T1.401, ITU-T E.180 annex).
namespace tones {
using std::chrono::milliseconds;
inline constexpr Tone ringback{{440, 480}, -19, milliseconds(2000), milliseconds(4000)};
inline constexpr Tone busy{{480, 620}, -24, milliseconds(500), milliseconds(500)};
inline constexpr Tone reorder{{480, 620}, -24, milliseconds(250), milliseconds(250)};
inline constexpr Tone beep{{1000, 0}, -12, {}, {}};  // before a recording
}  // namespace tones
constexpr Tone sine(double hz, double level_dbov = -15.0) {
  return Tone{{hz, 0}, level_dbov, {}, {}};
}
/// The pair of ITU-T Q.23 for `0-9 A-D * #` (small letters too); nothing for other characters.
std::optional<Tone> dtmf_tone(char digit, double level_dbov = -10.0);

/// Makes a tone sample by sample; phase and rhythm go on from call to call, edges are ramped over
/// 5 ms, so that nothing clicks. One thread, no allocation.
class ToneGenerator {
 public:
  ToneGenerator(const Tone& tone, SampleRate rate);
  /// Overwrites `into`.
  void fill(Samples into);

 private:
  struct Oscillator {
    double sine = 0, cosine = 1;    // where it is
    double step_sine, step_cosine;  // one sample's rotation
    double next();
  };
  double envelope();

  std::array<Oscillator, 2> oscillators_;
  double amplitude_;
  std::size_t on_, period_;  // samples; period 0: steady
  std::size_t position_ = 0;
  std::size_t ramp_;
};

/// White noise of a given level, the same for the same seed: comfort noise, test signals.
class NoiseGenerator {
 public:
  explicit NoiseGenerator(double level_dbov = -65.0, std::uint32_t seed = 1);
  void fill(Samples into);

 private:
  double amplitude_;
  std::uint32_t state_;
};

}  // namespace belfry::media
