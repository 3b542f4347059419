#pragma once
#include <cstdint>
#include <optional>

#include "media/resampler.hpp"

namespace belfry::gateway::media {

/// A sound that comes in pieces, at the rate of a codec: one resampler runs through all of its
/// pieces, so that no seam is heard. Control thread.
class PiecewiseSound {
 public:
  /// @param sound the number of the sound; another one begins anew.
  belfry::media::PcmClipPtr at_rate(
      const belfry::media::PcmClipPtr& piece, belfry::media::SampleRate rate, std::uint64_t sound
  );

 private:
  std::optional<belfry::media::Resampler> resampler_;
  belfry::media::SampleRate from_;
  belfry::media::SampleRate to_;
  std::uint64_t sound_ = 0;
};

}  // namespace belfry::gateway::media
