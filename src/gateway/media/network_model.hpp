#pragma once
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "gateway/media/wire.hpp"

namespace belfry::gateway::media {

/// How bad one direction of a modelled network is.
struct LinkQuality {
  double loss = 0;           // share of packets that vanish, 0 to 1
  base::Duration delay{0};   // of every packet
  base::Duration jitter{0};  // up to so much more, uniformly: packets may overtake each other
  bool blocked = false;      // nothing passes (one-way audio)
};

/// Two ends of a modelled network: what one sends, the other receives later, or not. Seeded, so a
/// run repeats. Both ends belong to seats of one media worker. Fixed memory: at most 64 packets
/// under way per direction.
std::pair<std::unique_ptr<Wire>, std::unique_ptr<Wire>> make_modelled_network(
    LinkQuality first_to_second, LinkQuality second_to_first, std::uint64_t seed
);

}  // namespace belfry::gateway::media
