#pragma once
#include <algorithm>
#include <cstdint>

namespace belfry::rtp {

/// A bit rate that gives way to loss: what is lost beyond 10 % is lost to congestion rather than to
/// a bad link, and below 2 % there is room again (draft-ietf-rmcat-gcc-02 section 6). One thread.
class RateByLoss {
 public:
  struct Bounds {
    std::uint32_t lowest_bps = 12'000;  // Opus still says words
    std::uint32_t highest_bps = 32'000;
  };
  RateByLoss() : RateByLoss(Bounds()) {}
  explicit RateByLoss(Bounds bounds) : bounds_(bounds), rate_(bounds.highest_bps) {}

  /// @param loss the share of the packets that were lost since the report before, 0 to 1
  void handle_loss(double loss) {
    if (loss > 0.1) {
      rate_ *= 1 - 0.5 * std::min(loss, 1.0);
    } else if (loss < 0.02) {
      rate_ *= 1.08;
    }
    rate_ = std::clamp(
        rate_, static_cast<double>(bounds_.lowest_bps), static_cast<double>(bounds_.highest_bps)
    );
  }
  std::uint32_t bits_per_second() const { return static_cast<std::uint32_t>(rate_); }

 private:
  Bounds bounds_;
  double rate_;
};

}  // namespace belfry::rtp
