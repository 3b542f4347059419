#pragma once
#include <cstddef>
#include <memory>
#include <optional>

#include "media/frame.hpp"

namespace belfry::media {

/// Changes the sample rate of a running stream (speexdsp). Allocates at construction only. One
/// thread. The filter delays by a few samples; the start is trimmed, so output n belongs to input
/// n; the tail comes with `finish`.
class Resampler {
 public:
  /// What comes of the filter's delay: left out of the output, or kept as silence before it, so
  /// that each 20 ms in give exactly 20 ms out.
  enum class Start { trimmed, delayed };
  Resampler(SampleRate from, SampleRate to, Start start = Start::trimmed);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  /// Forgets what went through, for another stream.
  void reset();
  /// Room that `process` may need for so many input samples.
  std::size_t room_for(std::size_t input) const;
  /// Takes all of `input`. @param into at least `room_for(input.size())`. @return samples written;
  /// it varies by one from call to call when the ratio is not whole.
  std::size_t process(ConstSamples input, Samples into);
  /// The tail that the filter still holds, so that input and output end at the same time.
  /// @param into at least `room_for(0)`.
  std::size_t finish(Samples into);
  /// How much later than the input an output begins that is not trimmed.
  base::Duration delay() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Brings frames of 20 ms to one rate, whatever theirs is: for streams whose codec may change.
/// Allocates when the rate of what comes in changes. One thread.
class RateFollower {
 public:
  explicit RateFollower(SampleRate to) : to_(to) {}
  /// @param frame of 20 ms. @param into receives exactly 20 ms at the one rate.
  void process(ConstSamples frame, SampleRate from, Samples into);
  /// Of what `process` gave last, behind what it took.
  base::Duration delay() const { return resampler_ ? resampler_->delay() : base::Duration{0}; }

 private:
  SampleRate to_;
  SampleRate from_{0};
  std::optional<Resampler> resampler_;
};

/// A whole clip at another rate, exactly as long (rounded up to whole samples). Not for media
/// threads: allocates.
PcmClip resample(const PcmClip& clip, SampleRate to);

}  // namespace belfry::media
