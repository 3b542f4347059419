#include "sdp/tracks.hpp"

#include <algorithm>
#include <iterator>

#include "base/encoding.hpp"

namespace belfry::sdp {
namespace {

using base::Result;

/// Each track has keys of its own: two streams under one key would need SSRCs that differ (RFC 3711
/// section 9.1).
Capabilities alone(const Capabilities& local, const SentTrack& track) {
  Capabilities one = local;
  one.rtp_port = track.rtp_port;
  for (LocalCrypto& crypto : one.crypto) {
    std::vector<std::byte> secret = crypto.key_and_salt;
    std::ranges::copy(base::as_bytes(track.label), std::back_inserter(secret));
    crypto = make_keys(secret, {{crypto.suite, crypto.key_and_salt.size()}}, 0).front();
  }
  return one;
}

/// The description with that m-line only.
Description alone(const Description& description, std::size_t line) {
  Description one = description;
  one.media = {description.media[line]};
  return one;
}

void add_label(Media& media, const SentTrack& track) {
  media.attributes.push_back({"label", track.label});
}

/// RFC 3264 section 6: what is refused keeps its place, kind, profile and formats.
Media refused(Media media) {
  media.port = 0;
  media.connection.reset();
  media.attributes.clear();
  media.bandwidths.clear();
  return media;
}

std::unexpected<base::Error> none_taken() {
  return base::fail(base::Errc::unsupported, "SDP: no track is taken", 488);
}

}  // namespace

Description make_track_offer(const Capabilities& local, const std::vector<PayloadFormat>& formats) {
  Description offer;
  for (const SentTrack& track : local.tracks) {
    Description one = make_offer(alone(local, track), formats, Direction::sendonly);
    add_label(one.media.front(), track);
    offer.connection = one.connection;
    offer.media.push_back(std::move(one.media.front()));
  }
  return offer;
}

Result<std::vector<AudioStream>> apply_track_answer(
    const Description& offer, const Description& answer
) {
  std::vector<AudioStream> tracks;
  auto reason = none_taken();
  const std::size_t lines = std::min(offer.media.size(), answer.media.size());
  for (std::size_t line = 0; line < lines; ++line) {
    auto taken = apply_answer(alone(offer, line), alone(answer, line));
    if (!taken) {
      reason = base::fail(std::move(taken).error());
      continue;
    }
    taken->media_index = line;
    tracks.push_back(std::move(*taken));
  }
  if (tracks.empty()) return reason;
  return tracks;
}

Result<TrackAnswer> negotiate_tracks(const Capabilities& local, const Description& offer) {
  TrackAnswer answer;
  auto reason = none_taken();
  for (std::size_t line = 0; line < offer.media.size(); ++line) {
    answer.description.media.push_back(refused(offer.media[line]));
    if (line >= local.tracks.size()) continue;
    const SentTrack& track = local.tracks[line];
    auto made = negotiate(alone(local, track), alone(offer, line), Direction::sendonly);
    if (!made) {
      reason = base::fail(std::move(made).error());
      continue;
    }
    answer.description.connection = made->description.connection;
    answer.description.media.back() = std::move(made->description.media.front());
    add_label(answer.description.media.back(), track);
    made->audio.media_index = line;
    answer.tracks.push_back(std::move(made->audio));
  }
  if (answer.tracks.empty()) return reason;
  return answer;
}

}  // namespace belfry::sdp
