#include "gateway/media/coding.hpp"

namespace belfry::gateway::media {

Coding::Coding(const MediaTerms& agreed)
    : terms(agreed),
      codec(describe(agreed.codec)),
      encoder(make_encoder(agreed.codec)),
      decoder(make_decoder(agreed.codec)),
      converter(codec.rate),
      heard(samples_per_frame(codec.rate)) {
  if (terms.max_bitrate_bps) encoder->limit_bitrate(*terms.max_bitrate_bps);
  if (codec.codec != belfry::media::Codec::opus) concealment.emplace(codec.rate);
  if (terms.transport_numbers || terms.nack)
    feedback = std::make_unique<Feedback>(terms.transport_numbers, terms.nack);
  if (!terms.telephone_event_in) keys_in_audio.emplace(codec.rate);
}

}  // namespace belfry::gateway::media
