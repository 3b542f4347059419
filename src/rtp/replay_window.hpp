#pragma once
#include <cstdint>

namespace belfry::rtp {

/// The last 64 packet indices of one stream (RFC 3711 section 3.3.2): what came once, or is older,
/// does not come again. A value.
class ReplayWindow {
 public:
  /// Whether a packet of that index may still come. Ask before it is authenticated.
  bool admits(std::uint64_t index) const {
    if (!started_ || index > newest_) return true;
    const std::uint64_t age = newest_ - index;
    return age < size && (seen_ >> age & 1U) == 0;
  }
  /// It came, and was authentic.
  void take(std::uint64_t index) {
    if (!started_ || index > newest_) {
      const std::uint64_t step = started_ ? index - newest_ : size;
      seen_ = step < size ? seen_ << step | 1U : 1U;
      newest_ = index;
      started_ = true;
    } else {
      seen_ |= std::uint64_t{1} << (newest_ - index);
    }
  }
  bool started() const { return started_; }
  std::uint64_t newest() const { return newest_; }

 private:
  static constexpr std::uint64_t size = 64;
  std::uint64_t newest_ = 0;
  std::uint64_t seen_ = 0;
  bool started_ = false;
};

}  // namespace belfry::rtp
