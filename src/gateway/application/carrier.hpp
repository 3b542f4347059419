#pragma once
#include "call/endpoint.hpp"
#include "gateway/media/plane.hpp"

namespace belfry::gateway::application {

/// Reaches the `app:` parties of the dial plan: a leg whose own program is the party. It answers at
/// once; what the program plays is heard, and what it hears is said, by whoever the leg is joined
/// with (`Endpoint::joined_seat`). Lives as long as the server. Control thread.
class Carrier final : public call::Carrier {
 public:
  Carrier(base::Loop& loop, base::Random& random, media::Plane& plane)
      : loop_(loop), random_(random), plane_(plane) {}

  std::string_view name() const override { return "application"; }
  bool available() const override { return true; }
  base::Result<std::unique_ptr<call::Endpoint>> open(
      const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
  ) override;

 private:
  base::Loop& loop_;
  base::Random& random_;
  media::Plane& plane_;
};

}  // namespace belfry::gateway::application
