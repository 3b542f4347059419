#pragma once
#include <string>

#include "webrtc_load/leg.hpp"

/// A browser's session descriptions, of one codec and telephone-events. Functions without state.
namespace belfry::bench {

struct OwnMedia {
  webrtc::IceCredentials ice;
  std::string fingerprint;
  media::Codec codec = media::Codec::opus;
};

std::string make_offer(const OwnMedia& own);
/// Where to connect to after the other side's answer to it.
/// @return Errc::malformed or Errc::unsupported: no such codec, no IPv4 candidate, what lacks.
[[nodiscard]] base::Result<LegTerms> read_answer(const OwnMedia& own, const std::string& answer);

struct Accepted {
  std::string answer;
  LegTerms terms;
};
/// @return errors as above.
[[nodiscard]] base::Result<Accepted> accept_offer(const OwnMedia& own, const std::string& offer);

}  // namespace belfry::bench
