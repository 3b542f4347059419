#pragma once
#include <array>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// What a browser shows to go on with a call by another socket: 160 random bits, new at each
/// answer. The one before is good too, once: its successor may have been lost with the socket.
class ReconnectToken {
 public:
  const std::string& renew(base::Random& random) {
    std::array<std::byte, 20> bytes{};
    random.fill(bytes);
    previous_ = std::move(current_);
    current_ = base::to_hex(bytes);
    return current_;
  }
  /// In constant time.
  bool accept(std::string_view shown) {
    const bool is_current = !current_.empty() && base::equal_in_constant_time(shown, current_);
    const bool is_previous = !previous_.empty() && base::equal_in_constant_time(shown, previous_);
    if (is_previous) previous_.clear();
    return is_current || is_previous;
  }
  const std::string& current() const { return current_; }

 private:
  std::string current_;
  std::string previous_;
};

}  // namespace belfry::compat::twilio::voice_sdk
