#include "numbering/emergency.hpp"

#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <algorithm>
#include <array>
#include <list>

#include "base/text.hpp"
#include "numbering/number.hpp"

namespace belfry::numbering {
namespace {

using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

constexpr std::size_t longest_emergency_number = 6;
constexpr auto everywhere = std::to_array<std::string_view>({"112", "911", "999"});
/// Trunk prefixes of plans and what exchanges of offices want for a line outside.
constexpr auto prefixes = std::to_array<std::string_view>({"", "0", "00", "011", "9", "90", "900"});

const ShortNumberInfo& short_numbers() {
  static const ShortNumberInfo info;
  return info;
}

bool is_emergency_in(const std::string& digits, const std::string& country) {
  return short_numbers().IsEmergencyNumber(digits, country);
}

/// `+44999`: the number of the country whose calling code comes first.
bool is_emergency_abroad(std::string_view digits) {
  for (std::size_t length = 1; length <= 3 && length < digits.size(); ++length) {
    const auto code = base::parse_unsigned(digits.substr(0, length));
    if (!code || *code == 0) return false;
    const std::string rest(digits.substr(length));
    if (rest.size() > longest_emergency_number) continue;
    std::list<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetRegionCodesForCountryCallingCode(
        static_cast<int>(*code), &regions
    );
    if (regions.empty()) continue;
    if (std::ranges::find(everywhere, rest) != everywhere.end()) return true;
    if (std::ranges::any_of(regions, [&](const std::string& region) {
          return is_emergency_in(rest, region);
        }))
      return true;
  }
  return false;
}

}  // namespace

bool is_emergency(std::string_view text, std::span<const std::string> countries) {
  const std::string stripped = strip(text);
  if (stripped.empty()) return false;
  const bool international = stripped.starts_with('+');
  const std::string_view digits = std::string_view(stripped).substr(international ? 1 : 0);
  if (is_emergency_abroad(digits)) return true;
  for (const std::string_view prefix : prefixes) {
    if (!digits.starts_with(prefix)) continue;
    const std::string rest(digits.substr(prefix.size()));
    if (rest.empty() || rest.size() > longest_emergency_number) continue;
    if (std::ranges::find(everywhere, rest) != everywhere.end()) return true;
    if (std::ranges::any_of(countries, [&](const std::string& country) {
          return is_emergency_in(rest, country);
        }))
      return true;
  }
  return false;
}

}  // namespace belfry::numbering
