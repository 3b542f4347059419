#include "sip/dtmf_info.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::sip {

namespace {

std::optional<char> read_digit(std::string_view text) {
  if (text == "10") return '*';
  if (text == "11") return '#';
  if (text.size() != 1) return std::nullopt;
  const char digit = text[0] >= 'a' && text[0] <= 'd' ? static_cast<char>(text[0] - 32) : text[0];
  if (std::string_view("0123456789*#ABCD").find(digit) == std::string_view::npos)
    return std::nullopt;
  return digit;
}

std::optional<DigitInfo> read_relay(std::string_view body) {
  DigitInfo out;
  for (const std::string_view line : base::split(body, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = base::trim(line.substr(0, equals));
    const std::string_view value = base::trim(line.substr(equals + 1));
    if (base::equals_ignoring_case(name, "signal")) {
      const auto digit = read_digit(value);
      if (!digit) return std::nullopt;
      out.digit = *digit;
    } else if (base::equals_ignoring_case(name, "duration")) {
      const std::uint64_t ms = base::parse_unsigned(value).value_or(160);
      out.duration = std::chrono::milliseconds(std::clamp<std::uint64_t>(ms, 40, 5000));
    }
  }
  if (out.digit == 0) return std::nullopt;
  return out;
}

}  // namespace

std::optional<DigitInfo> parse_dtmf_info(std::string_view content_type, std::string_view body) {
  if (content_type == "application/dtmf-relay") return read_relay(body);
  if (content_type != "application/dtmf") return std::nullopt;
  const auto digit = read_digit(base::trim(body));
  if (!digit) return std::nullopt;
  return DigitInfo{.digit = *digit};
}

}  // namespace belfry::sip
