#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace belfry::sip {

/// A digit that came in the body of an INFO request.
struct DigitInfo {
  char digit = 0;  // 0-9 * # A-D
  std::chrono::milliseconds duration{160};
};

/// `application/dtmf-relay` ("Signal=5", "Duration=160") and `application/dtmf` ("5"), as phones
/// send them. 10 and 11 stand for * and #. Durations are kept within 40 ms to 5 s.
/// @return nothing for another type or a body without a digit.
std::optional<DigitInfo> parse_dtmf_info(std::string_view content_type, std::string_view body);

}  // namespace belfry::sip
