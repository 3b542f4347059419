#pragma once
#include <span>
#include <string>
#include <string_view>

namespace belfry::numbering {

/// True for a number that reaches emergency services (rule F3): 112, 911 and 999 anywhere, those of
/// `countries` (ISO 3166-1), and those of the country whose code stands in front (`+44 999`); also
/// behind a trunk or exit prefix (`0`, `00`, `9`), with separators, Unicode digits or `tel:`.
bool is_emergency(std::string_view text, std::span<const std::string> countries);

}  // namespace belfry::numbering
