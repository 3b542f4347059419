#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "media/frame.hpp"

namespace belfry::media {

/// Where sound begins and ends in a recording: what is left when silence before and behind it is
/// trimmed. Sound is a stretch of 20 ms above -45 dBov in any channel; 40 ms around it belong to
/// it. One thread, no allocation.
class SoundBounds {
 public:
  struct Range {
    base::Duration from{0}, to{0};
  };

  SoundBounds(SampleRate rate, std::size_t channels) : rate_(rate), channels_(channels) {}

  /// Any number of samples, channels interleaved.
  void handle(ConstSamples samples);
  /// Nothing while all was silence. `to` may lie beyond the end.
  std::optional<Range> sound() const;

 private:
  SampleRate rate_;
  std::size_t channels_;
  std::uint64_t stretch_ = 0;  // number of the one that is being filled
  std::size_t filled_ = 0;     // samples of all channels in it
  std::array<std::uint64_t, 2> energy_{};
  std::optional<std::uint64_t> first_, last_;
};

}  // namespace belfry::media
