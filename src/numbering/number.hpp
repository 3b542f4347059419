#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// Telephone numbers as numbering plans know them, by libphonenumber; the only folder that includes
/// it. Pure but for its tables, which are read at first use; any thread.
namespace belfry::numbering {

enum class LineType {
  fixed,
  mobile,
  fixed_or_mobile,  // plans such as North America's do not tell
  toll_free,
  premium,
  shared_cost,
  voip,
  personal,
  pager,
  uan,
  voicemail,
  unknown,
};

enum class Flaw {
  not_a_number,
  invalid_country_code,
  too_short,
  too_long,
  invalid_length,
  invalid_but_possible,  // right length, but no such range
};

struct Number {
  std::string e164;      // "+14158675308"
  std::string national;  // "(415) 867-5308"
  std::string country;   // ISO 3166-1; "001" for numbers of no country (satellite, +800)
  int calling_code = 0;
  LineType type = LineType::unknown;
};

/// Reads what people write: separators, Unicode digits, `tel:` and its parameters, extensions (they
/// are dropped). `country` is for numbers without `+`; empty: they need one.
std::expected<Number, Flaw> parse(std::string_view text, std::string_view country = {});

/// "local", "mobile" or "toll free", as numbering plans have it; "local" where they do not tell.
std::string_view plan_type(std::string_view number);

/// Digits as ASCII, with `+` in front if there was one; separators, `tel:` and parameters are gone.
/// Nothing but that: it need not be a number of any plan. Empty when something else is in it.
std::string strip(std::string_view text);

/// Every ISO 3166-1 code that has a plan.
const std::vector<std::string>& countries();
bool is_country(std::string_view code);

}  // namespace belfry::numbering
