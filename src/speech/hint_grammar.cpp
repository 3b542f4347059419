#include "speech/hint_grammar.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace belfry::speech {
namespace {

constexpr std::string_view units[] = {"zero",    "one",     "two",       "three",    "four",
                                      "five",    "six",     "seven",     "eight",    "nine",
                                      "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                      "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                     "fifty", "sixty", "seventy", "eighty", "ninety"};
/// Of Twilio's class tokens those that are rows of digits.
constexpr std::string_view digit_tokens[] = {
    "$FULLPHONENUM",
    "$OOV_CLASS_FULLPHONENUM",
    "$OOV_CLASS_DIGIT_SEQUENCE",
    "$OOV_CLASS_ALPHANUMERIC_SEQUENCE",
    "$OPERAND",
    "$POSTALCODE",
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void add_word(std::string& text, std::string_view word) {
  if (!text.empty()) text += ' ';
  text += word;
}

std::string digit_by_digit(std::string_view digits) {
  std::string spoken;
  for (const char digit : digits) add_word(spoken, units[digit - '0']);
  return spoken;
}

/// Up to 99 as a person says it, the rest digit by digit.
std::string as_number(std::string_view digits) {
  if (digits.size() > 2 || (digits.size() == 2 && digits.front() == '0'))
    return digit_by_digit(digits);
  const auto value = static_cast<std::size_t>(base::parse_unsigned(digits).value_or(0));
  if (value < 20) return std::string(units[value]);
  std::string spoken(tens[value / 10]);
  if (value % 10 != 0) add_word(spoken, units[value % 10]);
  return spoken;
}

/// Runs of letters and apostrophes, and runs of digits; the rest separates.
std::vector<std::string> words_of(std::string_view phrase) {
  std::vector<std::string> words;
  char before = ' ';
  for (const char raw : phrase) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw - 'A' + 'a') : raw;
    const bool letter = (c >= 'a' && c <= 'z') || c == '\'';
    if (letter || is_digit(c)) {
      const bool goes_on = is_digit(c) ? is_digit(before) : before != ' ' && !is_digit(before);
      if (!goes_on) words.emplace_back();
      words.back() += c;
    }
    before = letter || is_digit(c) ? c : ' ';
  }
  return words;
}

bool is_digits(std::string_view words) {
  const auto parts = base::split(words, ' ');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view word) {
    return word == "oh" || std::find(units, units + 10, word) != units + 10;
  });
}

}  // namespace

std::vector<std::string> spoken_forms(std::string_view phrase) {
  std::string numbers;
  std::string digits;
  for (const std::string& word : words_of(phrase)) {
    const bool number = is_digit(word.front());
    add_word(numbers, number ? as_number(word) : word);
    add_word(digits, number ? digit_by_digit(word) : word);
  }
  if (numbers.empty()) return {};
  if (numbers == digits) return {numbers};
  return {numbers, digits};
}

HintGrammar::HintGrammar(
    const std::vector<std::string>& hints, const std::function<bool(std::string_view)>& knows
) {
  for (const std::string& hint : hints) {
    const std::string_view written = base::trim(hint);
    if (written.starts_with('$')) {
      digits_ = digits_ || std::ranges::find(digit_tokens, written) != std::end(digit_tokens);
      continue;
    }
    for (const std::string& spoken : spoken_forms(written)) {
      bool known = true;
      for (const std::string_view word : base::split(spoken, ' ')) {
        if (knows(word)) continue;
        known = false;
        unknown_words_.emplace_back(word);
      }
      if (known) written_.emplace(spoken, written);
    }
  }
}

std::string HintGrammar::to_jsgf() const {
  std::string jsgf = "#JSGF V1.0;\ngrammar hints;\n";
  std::string choices;
  for (const auto& [spoken, written] : written_) {
    if (!choices.empty()) choices += " | ";
    choices += spoken;
  }
  if (digits_) {
    // Without "oh", which is a sound within other digits too.
    jsgf += "<digit> = zero";
    for (std::size_t digit = 1; digit < 10; ++digit) jsgf += " | " + std::string(units[digit]);
    jsgf += ";\n";
    if (!choices.empty()) choices += " | ";
    choices += "<digit>+";
  }
  return jsgf + "public <hint> = " + choices + ";\n";
}

bool HintGrammar::allows(const std::string& heard) const {
  return written_.contains(heard) || (digits_ && !heard.empty() && is_digits(heard));
}

std::string HintGrammar::as_written(const std::string& heard) const {
  if (const auto found = written_.find(heard); found != written_.end()) return found->second;
  if (!allows(heard)) return heard;
  std::string digits;
  for (const std::string_view word : base::split(heard, ' ')) {
    const auto found = std::find(units, units + 10, word);
    digits += static_cast<char>('0' + (found == units + 10 ? 0 : found - units));
  }
  return digits;
}

}  // namespace belfry::speech
