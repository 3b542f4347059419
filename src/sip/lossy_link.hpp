#pragma once
#include <map>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "base/time.hpp"

namespace belfry::sip {

/// For tests: a network that loses, doubles and delays (and so reorders) datagrams, the same way
/// for the same seed.
class LossyLink {
 public:
  struct Weather {
    double loss = 0, duplication = 0;
    base::Duration delay{}, jitter{};
  };
  struct Delivery {
    int to;  // which end
    std::string bytes;
  };

  LossyLink(Weather weather, std::uint64_t seed) : weather_(weather), random_(seed) {}

  void send(int to, std::string_view bytes, base::Instant now) {
    const int copies = random_.unit() < weather_.duplication ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      if (random_.unit() < weather_.loss) continue;
      const auto extra = random_.below(static_cast<std::uint64_t>(weather_.jitter.count()) + 1);
      const base::Instant at =
          now + weather_.delay + base::Duration(static_cast<std::int64_t>(extra));
      in_flight_.emplace(std::pair(at, ++sent_), Delivery{to, std::string(bytes)});
    }
  }
  base::Instant next_delivery() const {
    return in_flight_.empty() ? base::Instant::max() : in_flight_.begin()->first.first;
  }
  Delivery take() { return std::move(in_flight_.extract(in_flight_.begin()).mapped()); }

 private:
  Weather weather_;
  base::SeededRandom random_;
  std::uint64_t sent_ = 0;
  std::map<std::pair<base::Instant, std::uint64_t>, Delivery> in_flight_;
};

}  // namespace belfry::sip
