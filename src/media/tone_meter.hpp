#pragma once
#include "media/frame.hpp"

namespace belfry::media {

/// How much of one frequency is in PCM (Goertzel's algorithm): "is the tone that we sent in what
/// the other side heard?". For tests, simulated phones and loop-back checks. One thread.
class ToneMeter {
 public:
  ToneMeter(SampleRate rate, double frequency_hz);
  void handle_samples(ConstSamples samples);
  /// RMS of the part at that frequency; at least `silence_dbov`. Resolution is 1/duration Hz.
  double level_dbov() const;
  /// That part's share of all energy, 0 to 1; 0 for silence.
  double share() const;

 private:
  double power() const;

  double coefficient_;
  double last_ = 0, before_last_ = 0;
  double energy_ = 0;
  std::size_t count_ = 0;
};

double tone_level_dbov(ConstSamples samples, SampleRate rate, double frequency_hz);
double tone_share(ConstSamples samples, SampleRate rate, double frequency_hz);

}  // namespace belfry::media
