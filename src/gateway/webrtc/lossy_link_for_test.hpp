#pragma once
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace belfry::gateway::webrtc {

/// One direction of a network that loses datagrams and delays each by something else, so that they
/// overtake each other; the same way for the same seed.
class LossyLink {
 public:
  LossyLink(double loss, base::Duration jitter, std::uint64_t seed)
      : loss_(loss), jitter_(jitter), random_(seed) {}

  void send(std::span<const std::byte> datagram, base::Instant now) {
    lost_last_ = random_.unit() < loss_;
    const base::Duration late{
        static_cast<std::int64_t>(random_.unit() * static_cast<double>(jitter_.count()))
    };
    if (lost_last_) return;
    under_way_.emplace(
        std::pair(now + late, ++sent_), std::vector(datagram.begin(), datagram.end())
    );
  }
  bool lost_last() const { return lost_last_; }
  /// What has arrived by now, one after the other.
  std::optional<std::vector<std::byte>> take(base::Instant now) {
    if (under_way_.empty() || under_way_.begin()->first.first > now) return std::nullopt;
    return std::move(under_way_.extract(under_way_.begin()).mapped());
  }

 private:
  double loss_;
  base::Duration jitter_;
  base::SeededRandom random_;
  bool lost_last_ = false;
  std::uint64_t sent_ = 0;
  std::map<std::pair<base::Instant, std::uint64_t>, std::vector<std::byte>> under_way_;
};

}  // namespace belfry::gateway::webrtc
