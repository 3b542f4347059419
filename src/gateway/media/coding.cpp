#include "gateway/media/coding.hpp"

namespace belfry::gateway::media {

Coding::Coding(const MediaTerms& agreed)
    : terms(agreed),
      codec(describe(agreed.codec)),
      encoder(make_encoder(agreed.codec)),
      decoder(make_decoder(agreed.codec)),
      has_rates(codec.codec == belfry::media::Codec::opus),
      heard_rate(codec.rate),
      spoken_rate(codec.rate),
      converter(codec.rate),
      heard(samples_per_frame(codec.rate)) {
  if (terms.max_bitrate_bps) encoder->limit_bitrate(*terms.max_bitrate_bps);
  if (codec.codec != belfry::media::Codec::opus) concealment.emplace(codec.rate);
  if (terms.transport_numbers || terms.nack)
    feedback = std::make_unique<Feedback>(terms.transport_numbers, terms.nack);
  if (!terms.telephone_event_in) keys_in_audio.emplace(codec.rate);
}

void Coding::hear_at(belfry::media::SampleRate rate) {
  if (rate != heard_rate && decoder->change_rate(rate)) heard_rate = rate;
}

void Coding::speak_at(belfry::media::SampleRate rate) {
  if (rate != spoken_rate && encoder->change_rate(rate)) spoken_rate = rate;
}

void Coding::adopt_state(Coding& before) {
  std::swap(encoder, before.encoder);
  std::swap(decoder, before.decoder);
  std::swap(heard_rate, before.heard_rate);
  std::swap(spoken_rate, before.spoken_rate);
}

}  // namespace belfry::gateway::media
