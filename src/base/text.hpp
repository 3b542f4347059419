#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belfry::base {

std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);  // ASCII
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);
/// Decimal digits only, whole text, no sign; nothing when it does not fit.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
std::optional<bool> parse_bool(std::string_view text);  // true/false, any case
bool is_valid_utf8(std::string_view text);
/// Cuts at a character boundary, at most `bytes` long.
std::string_view truncate_utf8(std::string_view text, std::size_t bytes);
/// For logs and pages: only the last four characters stay (rule P6).
std::string mask(std::string_view number);
/// The candidate with the smallest edit distance, for "did you mean"; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);
/// `& < > " '` as entities; what XML 1.0 forbids (control characters, U+FFFE, U+FFFF) is dropped.
std::string escape_xml(std::string_view text);

}  // namespace belfry::base
