#pragma once
#include <memory>
#include <optional>

#include "gateway/media/terms.hpp"
#include "media/codec.hpp"
#include "media/concealment.hpp"
#include "media/dtmf.hpp"
#include "media/resampler.hpp"

namespace belfry::gateway::media {

/// Between a wideband seat and a narrowband peer, one per direction.
struct Converters {
  belfry::media::Resampler to_narrow{belfry::media::wideband, belfry::media::narrowband};
  belfry::media::Resampler from_narrow{belfry::media::narrowband, belfry::media::wideband};
};

/// Everything about a seat that hangs on its terms and needs memory: made and freed on the control
/// thread, used on the media worker's.
struct Coding {
  explicit Coding(const MediaTerms& agreed);

  MediaTerms terms;
  belfry::media::CodecDescription codec;
  std::unique_ptr<belfry::media::Encoder> encoder;
  std::unique_ptr<belfry::media::Decoder> decoder;
  belfry::media::Concealment concealment;
  /// Only when the party sends no telephone-events.
  std::optional<belfry::media::DtmfDetector> keys_in_audio;
  std::optional<Converters> converters;  // of a wideband seat: it brings those for both directions
  std::optional<belfry::media::Resampler> recording_converter;
};

}  // namespace belfry::gateway::media
