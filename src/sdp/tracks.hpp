#pragma once
#include <vector>

#include "sdp/negotiation.hpp"

/// One round of offer/answer for `Capabilities::tracks`, as functions without state: each m-line is
/// negotiated as if it stood alone (RFC 3264 section 5), always sendonly from our end.
namespace belfry::sdp {

/// `origin` is left for the caller.
Description make_track_offer(const Capabilities& local, const std::vector<PayloadFormat>& formats);

/// The tracks that the answer takes, at least one; `media_index` says which.
/// @return Errc::unsupported or Errc::malformed (detail 488) when it takes none.
[[nodiscard]] base::Result<std::vector<AudioStream>> apply_track_answer(
    const Description& offer, const Description& answer
);

struct TrackAnswer {
  Description description;  // its `origin` is left for the caller
  std::vector<AudioStream> tracks;
};
/// Answers a later offer of the other end: its m-lines are our tracks in their order (RFC 3264
/// section 8 keeps their places); more lines than tracks are refused. Errors as above.
[[nodiscard]] base::Result<TrackAnswer> negotiate_tracks(
    const Capabilities& local, const Description& offer
);

}  // namespace belfry::sdp
