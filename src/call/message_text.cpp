#include "call/message_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace belfry::call {
namespace {

/// The letters of the default alphabet that are not ASCII, and line feed and carriage return.
constexpr std::u32string_view default_alphabet =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view extension_table = U"\f^{}\\[~]|€";

struct Limits {
  std::size_t alone;
  std::size_t in_parts;
};
constexpr Limits gsm_limits{160, 153};
constexpr Limits ucs2_limits{70, 67};

/// 0: not in the alphabet.
std::size_t septets_of(char32_t character) {
  if (default_alphabet.contains(character)) return 1;
  return extension_table.contains(character) ? 2 : 0;
}

std::size_t utf16_units_of(char32_t character) {
  return character > 0xFFFF ? 2 : 1;
}

/// Characters of these sizes, filled into parts one after the other.
std::size_t count_parts(const std::vector<std::size_t>& sizes, std::size_t total, Limits limits) {
  if (total <= limits.alone) return 1;
  std::size_t parts = 1;
  std::size_t used = 0;
  for (const std::size_t size : sizes) {
    if (used + size > limits.in_parts) {
      ++parts;
      used = 0;
    }
    used += size;
  }
  return parts;
}

struct Replacement {
  char32_t from;
  std::string_view to;
};
constexpr std::array replacements = {
    Replacement{U'\u00A0', " "},  Replacement{U'\u00AB', "\""},  Replacement{U'\u00BB', "\""},
    Replacement{U'\u2002', " "},  Replacement{U'\u2003', " "},   Replacement{U'\u2009', " "},
    Replacement{U'\u200B', ""},   Replacement{U'\u2010', "-"},   Replacement{U'\u2011', "-"},
    Replacement{U'\u2012', "-"},  Replacement{U'\u2013', "-"},   Replacement{U'\u2014', "-"},
    Replacement{U'\u2015', "-"},  Replacement{U'\u2018', "'"},   Replacement{U'\u2019', "'"},
    Replacement{U'\u201A', "'"},  Replacement{U'\u201B', "'"},   Replacement{U'\u201C', "\""},
    Replacement{U'\u201D', "\""}, Replacement{U'\u201E', "\""},  Replacement{U'\u201F', "\""},
    Replacement{U'\u2022', "*"},  Replacement{U'\u2026', "..."}, Replacement{U'\u202F', " "},
    Replacement{U'\u2032', "'"},  Replacement{U'\u2033', "\""},  Replacement{U'\u2039', "<"},
    Replacement{U'\u203A', ">"},  Replacement{U'\u2044', "/"},   Replacement{U'\u2212', "-"},
    Replacement{U'\uFEFF', ""},
};

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t index) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[index]));
  };
  const char32_t first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  char32_t character = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more && at < text.size(); ++i)
    character = character << 6 | (byte(at++) & 0x3F);
  return character;
}

MessageText measure_message(std::string_view text) {
  MessageText measured;
  std::vector<std::size_t> septets;
  std::vector<std::size_t> utf16_units;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_code_point(text, at);
    ++measured.characters;
    septets.push_back(septets_of(character));
    utf16_units.push_back(utf16_units_of(character));
    if (septets.back() == 0) measured.alphabet = MessageAlphabet::ucs2;
  }
  const bool is_gsm = measured.alphabet == MessageAlphabet::gsm;
  const std::vector<std::size_t>& sizes = is_gsm ? septets : utf16_units;
  for (const std::size_t size : sizes) measured.units += size;
  measured.segments = count_parts(sizes, measured.units, is_gsm ? gsm_limits : ucs2_limits);
  return measured;
}

std::string smart_encoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t character = next_code_point(text, at);
    const auto found = std::ranges::find(replacements, character, &Replacement::from);
    out += found == replacements.end() ? text.substr(begin, at - begin) : found->to;
  }
  return out;
}

}  // namespace belfry::call
