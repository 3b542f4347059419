#include "numbering/number.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"

namespace belfry::numbering {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::string_view no_country = "ZZ";
constexpr std::size_t max_length = 64;

LineType to_line_type(PhoneNumberUtil::PhoneNumberType type) {
  switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
      return LineType::fixed;
    case PhoneNumberUtil::MOBILE:
      return LineType::mobile;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
      return LineType::fixed_or_mobile;
    case PhoneNumberUtil::TOLL_FREE:
      return LineType::toll_free;
    case PhoneNumberUtil::PREMIUM_RATE:
      return LineType::premium;
    case PhoneNumberUtil::SHARED_COST:
      return LineType::shared_cost;
    case PhoneNumberUtil::VOIP:
      return LineType::voip;
    case PhoneNumberUtil::PERSONAL_NUMBER:
      return LineType::personal;
    case PhoneNumberUtil::PAGER:
      return LineType::pager;
    case PhoneNumberUtil::UAN:
      return LineType::uan;
    case PhoneNumberUtil::VOICEMAIL:
      return LineType::voicemail;
    case PhoneNumberUtil::UNKNOWN:
      return LineType::unknown;
  }
  return LineType::unknown;
}

Flaw to_flaw(PhoneNumberUtil::ErrorType error) {
  switch (error) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return Flaw::invalid_country_code;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
      return Flaw::too_short;
    case PhoneNumberUtil::TOO_LONG_NSN:
      return Flaw::too_long;
    case PhoneNumberUtil::NO_PARSING_ERROR:
    case PhoneNumberUtil::NOT_A_NUMBER:
      return Flaw::not_a_number;
  }
  return Flaw::not_a_number;
}

Flaw flaw_of(const PhoneNumberUtil& plans, const PhoneNumber& number) {
  switch (plans.IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::TOO_SHORT:
      return Flaw::too_short;
    case PhoneNumberUtil::TOO_LONG:
      return Flaw::too_long;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
      return Flaw::invalid_country_code;
    case PhoneNumberUtil::INVALID_LENGTH:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return Flaw::invalid_length;
    case PhoneNumberUtil::IS_POSSIBLE:
      return Flaw::invalid_but_possible;
  }
  return Flaw::invalid_but_possible;
}

}  // namespace

std::expected<Number, Flaw> parse(std::string_view text, std::string_view country) {
  if (text.empty() || text.size() > max_length) return std::unexpected(Flaw::not_a_number);
  const PhoneNumberUtil& plans = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  const auto error =
      plans.Parse(std::string(text), std::string(country.empty() ? no_country : country), &parsed);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR) return std::unexpected(to_flaw(error));
  parsed.clear_extension();
  if (!plans.IsValidNumber(parsed)) return std::unexpected(flaw_of(plans, parsed));
  Number number;
  plans.Format(parsed, PhoneNumberUtil::E164, &number.e164);
  plans.Format(parsed, PhoneNumberUtil::NATIONAL, &number.national);
  plans.GetRegionCodeForNumber(parsed, &number.country);
  number.calling_code = parsed.country_code();
  number.type = to_line_type(plans.GetNumberType(parsed));
  return number;
}

std::string_view plan_type(std::string_view number) {
  const auto plan = parse(number);
  if (plan && plan->type == LineType::toll_free) return "toll free";
  if (plan && plan->type == LineType::mobile) return "mobile";
  return "local";
}

std::string strip(std::string_view text) {
  text = base::trim(text);
  if (text.size() > 4 && base::equals_ignoring_case(text.substr(0, 4), "tel:"))
    text.remove_prefix(4);
  text = text.substr(0, text.find(';'));
  if (text.empty() || text.size() > max_length || !base::is_valid_utf8(text)) return {};
  std::string digits(text);
  PhoneNumberUtil::GetInstance()->NormalizeDigitsOnly(&digits);
  // What is neither digit nor separator makes it something else: "12ab", "sip:…".
  const bool clean = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || std::string_view("+-(). /\t").contains(c) ||
           static_cast<unsigned char>(c) >= 0x80;
  });
  if (!clean || digits.empty()) return {};
  const bool international = text.starts_with('+') || text.starts_with("\uFF0B");
  return (international ? "+" : "") + digits;
}

const std::vector<std::string>& countries() {
  static const std::vector<std::string> all = [] {
    std::set<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
    return std::vector<std::string>(regions.begin(), regions.end());
  }();
  return all;
}

bool is_country(std::string_view code) {
  return std::ranges::binary_search(countries(), code);
}

}  // namespace belfry::numbering
