#include "apps/take5/phone_number.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::apps::take5 {
namespace {

constexpr std::string_view punctuation = " -.()/\t";
constexpr std::size_t shortest_international = 7;
constexpr std::size_t longest_international = 15;  // E.164

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

}  // namespace

bool is_ten_digit_number(std::string_view text) {
  return text.size() == 10 && text[0] >= '2' && std::ranges::all_of(text, is_digit);
}

std::optional<std::string> normalize_phone_number(std::string_view text, bool international) {
  text = base::trim(text);
  const bool has_plus = text.starts_with('+');
  if (has_plus) text.remove_prefix(1);
  std::string digits;
  for (const char character : text) {
    if (is_digit(character)) {
      digits += character;
    } else if (punctuation.find(character) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (!has_plus && is_ten_digit_number(digits)) return "+1" + digits;
  if (digits.starts_with('1')) {
    if (!is_ten_digit_number(std::string_view(digits).substr(1))) return std::nullopt;
    return "+" + digits;
  }
  const bool may_be_abroad = has_plus && international && !digits.starts_with('0') &&
                             digits.size() >= shortest_international &&
                             digits.size() <= longest_international;
  if (!may_be_abroad) return std::nullopt;
  return "+" + digits;
}

}  // namespace belfry::apps::take5
