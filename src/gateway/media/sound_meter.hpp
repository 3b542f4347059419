#pragma once
#include "call/seat_statistics.hpp"

namespace belfry::gateway::media {

/// Whether a party has ever been heard, from the power of its frames (mean square, 0 to 1). A click
/// on the line is no sound: it takes a tenth of a second. One thread.
class SoundMeter {
 public:
  void handle(float power) {
    measured_ = true;
    if (power >= digital_silence && above_zero_ < enough) ++above_zero_;
    if (power >= audible && loud_ < enough) ++loud_;
  }
  /// There is nothing more to find out: frames need not be measured.
  bool settled() const { return loud_ == enough; }
  call::Sound sound() const {
    if (!measured_) return call::Sound::unknown;
    if (settled()) return call::Sound::heard;
    return above_zero_ == enough ? call::Sound::faint : call::Sound::digital_silence;
  }

 private:
  static constexpr int enough = 5;                 // frames of 20 ms
  static constexpr float audible = 1e-5F;          // -50 dBov
  static constexpr float digital_silence = 1e-7F;  // zero is as much as 6e-8 in A-law

  bool measured_ = false;
  int above_zero_ = 0;
  int loud_ = 0;
};

}  // namespace belfry::gateway::media
