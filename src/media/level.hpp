#pragma once
#include "base/time.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// Digital silence, and the floor of every level here (RFC 6464 counts to -127 too).
inline constexpr double silence_dbov = -127.0;

/// Root mean square against full scale: a full-scale square wave is 0 dBov, a sine -3.01.
/// @return at least `silence_dbov`; an empty span is silence.
double level_dbov(ConstSamples samples);

/// Mean square against full scale, 0 to 1: the same before it is made a level. Of a multiple of 8
/// samples; the rest is left out.
float power_of(ConstSamples samples);

/// Tells speech from background by energy: what is clearly above a slowly learned noise floor.
/// For "so much silence after speech" (TwiML Record and Gather time-outs, answering machines).
/// One thread, no allocation; counts samples, reads no clock.
class VoiceActivity {
 public:
  struct Settings {
    double threshold_dbov = -45.0;                             // never speech below this
    double margin_db = 9.0;                                    // above the noise floor
    base::Duration hangover = std::chrono::milliseconds(100);  // bridges gaps inside words
  };
  explicit VoiceActivity(SampleRate rate) : VoiceActivity(rate, Settings()) {}
  VoiceActivity(SampleRate rate, Settings settings) : rate_(rate), settings_(settings) {}

  /// @return true while someone speaks.
  bool handle_frame(ConstSamples samples);
  /// The same of 20 ms of which only the mean square is known.
  bool handle_power(float power);
  bool heard_speech() const { return heard_speech_; }
  /// Since the last speech, or since the start if there was none; 0 while someone speaks. The
  /// hangover counts as silence once it has passed.
  base::Duration silence() const { return speaking_ ? base::Duration{0} : quiet_; }
  base::Duration speech() const { return speech_; }
  double noise_floor_dbov() const { return floor_dbov_; }

 private:
  bool handle_level(double level, base::Duration length);
  void learn_floor(double level);

  SampleRate rate_;
  Settings settings_;
  double floor_dbov_ = -60.0;
  base::Duration quiet_{0};
  base::Duration speech_{0};
  bool speaking_ = false;
  bool heard_speech_ = false;
};

}  // namespace belfry::media
