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
  bool has_rates;  // besides the codec's
  /// Of what the decoder gives and the encoder takes at present: the codec's, or a lower one of the
  /// peer, for then that is all that can be heard.
  belfry::media::SampleRate heard_rate, spoken_rate;
  std::optional<belfry::media::Concealment> concealment;  // where the codec has none of its own
  /// Only when the party sends no telephone-events.
  std::optional<belfry::media::DtmfDetector> keys_in_audio;
  std::unique_ptr<Feedback> feedback;        // where the party takes and gives any
  belfry::media::RateFollower converter;     // from a peer's rate to ours
  std::vector<belfry::media::Sample> heard;  // what the party says in this tick, at the front

  /// Where the codec has more than one rate; else nothing happens. No allocation.
  void hear_at(belfry::media::SampleRate rate);
  void speak_at(belfry::media::SampleRate rate);
  /// Takes over from there what has learned of the stream, which goes on.
  void adopt_state(Coding& before);
};

}  // namespace belfry::gateway::media
