#include "sdp/offer_answer.hpp"

#include <algorithm>

#include "sdp/tracks.hpp"

namespace belfry::sdp {

using base::Result;

OfferAnswer::OfferAnswer(Capabilities local, std::string session_id)
    : capabilities_(std::move(local)), session_id_(std::move(session_id)) {
  renew_keys();
}

/// The other end's key is new, so it has a new context, which knows nothing of our roll-overs: it
/// gets a new key of ours (RFC 4568 section 7.1.4).
void OfferAnswer::renew_keys() {
  capabilities_.crypto =
      make_keys(capabilities_.crypto_secret, capabilities_.crypto_suites, key_generation_++);
}

/// What was agreed stays: profile, suite and key.
Capabilities OfferAnswer::capabilities_to_offer() const {
  Capabilities local = capabilities_;
  if (!agreed_.audio) return local;
  if (!agreed_.audio->crypto) {
    local.encryption = Encryption::off;
  } else {
    const auto& agreed = *agreed_.audio->crypto;
    std::erase_if(local.crypto, [&](const auto& one) { return one.suite != agreed.suite; });
    if (agreed_.audio->profile == Profile::rtp_savp) local.encryption = Encryption::required;
  }
  return local;
}

Description OfferAnswer::offer(Direction wanted) {
  wanted_ = wanted;
  const Capabilities local = capabilities_to_offer();
  const bool several = !local.tracks.empty();
  Description next = several ? make_track_offer(local, formats_to_offer())
                             : make_offer(local, formats_to_offer(), wanted);
  if (local_ && agreed_.audio && !several) {
    // The m-lines of a call never become fewer and keep their places (RFC 3264 section 8).
    Media audio = std::move(next.media.front());
    next.media = local_->media;
    for (Media& media : next.media) media.port = 0;
    next.media[agreed_.audio->media_index] = std::move(audio);
  }
  set_origin(next);
  remember_numbers(next);
  open_offer_ = next;
  return next;
}

void OfferAnswer::abandon_offer() {
  open_offer_.reset();
  wanted_ = agreed_wanted_;
}

Result<> OfferAnswer::apply_answer(const Description& answer) {
  if (!open_offer_) return base::fail(base::Errc::conflict, "an answer, but no offer is open");
  Description offered = std::move(*open_offer_);
  open_offer_.reset();
  auto agreed = read_answer(offered, answer);
  if (!agreed) {
    wanted_ = agreed_wanted_;
    return base::fail(std::move(agreed).error());
  }
  agreed_wanted_ = wanted_;
  agreed_ = std::move(*agreed);
  local_ = std::move(offered);
  return {};
}

Result<Agreement> OfferAnswer::read_answer(const Description& offered, const Description& answer)
    const {
  if (capabilities_.tracks.empty()) {
    BELFRY_TRY(audio, sdp::apply_answer(offered, answer));
    return Agreement{std::move(audio), {}};
  }
  BELFRY_TRY(tracks, apply_track_answer(offered, answer));
  return Agreement{tracks.front(), std::move(tracks)};
}

Result<Description> OfferAnswer::answer(const Description& offer, Direction wanted) {
  if (!capabilities_.tracks.empty()) return answer_with_tracks(offer);
  BELFRY_TRY(made, negotiate(capabilities_, offer, wanted));
  const auto& before = agreed_.audio;
  const bool has_new_key = before && before->crypto && made.audio.crypto &&
                           before->crypto->receive_key != made.audio.crypto->receive_key;
  if (has_new_key) {
    renew_keys();
    BELFRY_TRY(again, negotiate(capabilities_, offer, wanted));
    made = std::move(again);
  }
  wanted_ = agreed_wanted_ = wanted;
  set_origin(made.description);
  remember_numbers(made.description);
  agreed_ = {std::move(made.audio), {}};
  local_ = made.description;
  return std::move(made.description);
}

bool OfferAnswer::has_new_key(const std::vector<AudioStream>& tracks) const {
  return std::ranges::any_of(tracks, [&](const AudioStream& now) {
    const auto before =
        std::ranges::find(agreed_.tracks, now.media_index, &AudioStream::media_index);
    return before != agreed_.tracks.end() && before->crypto && now.crypto &&
           before->crypto->receive_key != now.crypto->receive_key;
  });
}

Result<Description> OfferAnswer::answer_with_tracks(const Description& offer) {
  BELFRY_TRY(made, negotiate_tracks(capabilities_, offer));
  if (has_new_key(made.tracks)) {
    renew_keys();
    BELFRY_TRY(again, negotiate_tracks(capabilities_, offer));
    made = std::move(again);
  }
  set_origin(made.description);
  remember_numbers(made.description);
  agreed_.audio = made.tracks.front();
  agreed_.tracks = std::move(made.tracks);
  local_ = made.description;
  return std::move(made.description);
}

std::vector<PayloadFormat> OfferAnswer::formats_to_offer() {
  std::vector<PayloadFormat> formats;
  for (const LocalCodec& local : capabilities_.codecs) {
    PayloadFormat format{number_for(local.codec, local.payload_type), local.codec, local.fmtp};
    const bool agreed = agreed_.audio && same_codec(agreed_.audio->codec, local.codec);
    formats.insert(agreed ? formats.begin() : formats.end(), std::move(format));
  }
  if (!capabilities_.telephone_events) return formats;
  std::vector<std::uint32_t> clocks;
  for (const LocalCodec& local : capabilities_.codecs)
    if (std::ranges::find(clocks, local.codec.clock_hz) == clocks.end())
      clocks.push_back(local.codec.clock_hz);
  // 8000 first, so that it has the usual number (101): there are peers that send events under that
  // number whatever was offered.
  std::ranges::sort(clocks);
  for (const std::uint32_t clock : clocks) {
    const Codec event{std::string(telephone_event), clock, 1};
    formats.push_back({number_for(event, capabilities_.telephone_event_payload_type), event, "0-16"}
    );
  }
  return formats;
}

/// A payload type never changes its meaning within a call (RFC 3264 section 8.3.2), so a codec
/// keeps the number that it had, whoever chose it.
std::uint8_t OfferAnswer::number_for(const Codec& codec, std::uint8_t preferred) {
  for (const auto& [number, known] : numbers_)
    if (same_codec(known, codec)) return number;
  std::uint8_t number = static_payload_type(codec).value_or(preferred);
  if (numbers_.contains(number))
    for (number = 96; number < 127 && numbers_.contains(number);) ++number;
  numbers_[number] = codec;
  return number;
}

void OfferAnswer::remember_numbers(const Description& description) {
  for (const Media& media : description.media) {
    if (media.port == 0) continue;
    for (const PayloadFormat& format : payload_formats(media))
      numbers_[format.payload_type] = format.codec;
  }
}

void OfferAnswer::set_origin(Description& description) {
  description.origin = {"-", session_id_, version_, *description.connection};
  if (last_sent_ && description != *last_sent_) description.origin.version = ++version_;
  last_sent_ = description;
}

}  // namespace belfry::sdp
