#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace belfry::media {

/// One press of a key that a party tells in two ways, by signalling and within its media, is one:
/// who hears it the other way within a second hears the same press. Presses told in one way are as
/// many as they are. Time comes in; one thread, no allocation.
class DoubledKeys {
 public:
  enum class Way : std::uint8_t { signalling, media };
  static constexpr base::Duration window = std::chrono::seconds(1);

  /// @return whether this press was told the other way already
  bool is_repeat(char key, Way way, base::Instant now) {
    for (Press& press : presses_) {
      if (press.key != key || press.way == way || now - press.at > window) continue;
      press.key = 0;
      return true;
    }
    presses_[next_++ % presses_.size()] = {key, way, now};
    return false;
  }

 private:
  struct Press {
    char key = 0;
    Way way = Way::media;
    base::Instant at{};
  };
  std::array<Press, 16> presses_{};
  std::size_t next_ = 0;
};

}  // namespace belfry::media
