#pragma once
#include <cstddef>
#include <vector>

#include "media/frame.hpp"

namespace belfry::media {

/// Hides lost frames in the manner of ITU-T G.711 appendix I, at any rate: repeats the last pitch
/// period with smooth joins, fades to silence between 10 and 60 ms of a loss, and blends into the
/// next good frame. For codecs that have no concealment of their own: G.711 and, on its PCM, G.722.
/// Allocates at construction only. One thread.
class Concealment {
 public:
  explicit Concealment(SampleRate rate);

  /// Every good frame goes through here; the start of the first one after a loss is blended.
  void handle_frame(Samples frame);
  /// Overwrites `frame` with what the lost one may have been.
  void conceal(Samples frame);

 private:
  std::size_t find_pitch() const;
  void begin_loss();
  double next_sample();
  void remember(ConstSamples frame);

  std::size_t shortest_, longest_;  // pitch periods, in samples
  std::size_t window_;              // compared to find one
  std::size_t join_;                // of a cross-fade into the good frame
  std::size_t steady_, fade_;       // samples at full level, then of falling
  std::vector<Sample> history_;     // newest last
  std::vector<double> cycle_;       // one pitch period, made to repeat without a seam
  std::size_t pitch_ = 1;
  std::size_t missing_ = 0;  // samples made up so far in this loss
};

}  // namespace belfry::media
