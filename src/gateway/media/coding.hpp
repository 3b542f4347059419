#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "gateway/media/feedback.hpp"
#include "gateway/media/terms.hpp"
#include "media/codec.hpp"
#include "media/concealment.hpp"
#include "media/dtmf.hpp"
#include "media/resampler.hpp"

namespace belfry::gateway::media {

/// Everything about a seat that hangs on its terms and needs memory: made and freed on the control
/// thread, used on the media worker's.
struct Coding {
  explicit Coding(const MediaTerms& agreed);

  MediaTerms terms;
  belfry::media::CodecDescription codec;
  std::unique_ptr<belfry::media::Encoder> encoder;
  std::unique_ptr<belfry::media::Decoder> decoder;
  std::optional<belfry::media::Concealment> concealment;  // where the codec has none of its own
  /// Only when the party sends no telephone-events.
  std::optional<belfry::media::DtmfDetector> keys_in_audio;
  std::unique_ptr<Feedback> feedback;        // where the party takes and gives any
  belfry::media::RateFollower converter;     // from a peer's rate to ours
  std::vector<belfry::media::Sample> heard;  // what the party says in this tick
};

}  // namespace belfry::gateway::media
